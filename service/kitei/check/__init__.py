"""The compliance check: SHACL shapes over the derived facts of a day."""

from kitei.check.checking import Report, check
from kitei.check.finding import Finding, Source

__all__ = ["Finding", "Report", "Source", "check"]
