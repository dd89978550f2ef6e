"""A roster as it was given, with the findings of a check written into it."""

from kitei.report.annotated.csvfiles import AnnotatedFiles, annotate_csv
from kitei.report.annotated.workbook import annotate_workbook

__all__ = ["AnnotatedFiles", "annotate_csv", "annotate_workbook"]
