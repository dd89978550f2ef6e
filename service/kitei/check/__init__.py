"""The compliance check: SHACL shapes over the derived facts of a day."""

from kitei.check.checking import Report, check
from kitei.check.finding import Case, Finding, Origin, Source

__all__ = ["Case", "Finding", "Origin", "Report", "Source", "check"]
