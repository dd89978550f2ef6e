"""The staff roster: CSV folder or XLSX workbook in, facts with their cells out."""

from kitei.roster.reading import Roster, TableRead, read, read_files

__all__ = ["Roster", "TableRead", "read", "read_files"]
