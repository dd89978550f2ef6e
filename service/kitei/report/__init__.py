"""Writers: answers and findings in the formats that people and machines read."""

# Of `kitei check`; the names alone, so that an argument parser need not import any writer.
FORMATS = (
    "text",
    "json",
    "turtle",
    "jsonld",
    "sarif",
    "junit",
    "github",
    "gitlab",
    "markdown",
    "html",
)
# Of `kitei check --each`: those that can be written a city at a time.
EACH_FORMATS = ("text", "json", "jsonl", "sarif", "junit")
