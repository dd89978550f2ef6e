"""Writers: answers and findings in the formats that people and machines read."""
