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
