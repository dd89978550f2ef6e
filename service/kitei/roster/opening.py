"""Where a roster comes from: a folder, a workbook, or files in memory.

Answers raw tables by name, each file that could not be read with its reason,
and which files nobody asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from kitei.errors import InputUnreadableError
from kitei.roster.csvfile import read_csv
from kitei.roster.lexicon import Lexicon, Table, folded
from kitei.roster.problems import Place, UnreadableTableError
from kitei.roster.raw import MAX_BYTES, RESULTS
from kitei.roster.source import Source, ignored_table, same_table, too_large

_WORKBOOKS = frozenset({".xlsx", ".xlsm"})


def table_names(lexicon: Lexicon) -> Mapping[str, str]:
    """File stem or sheet title, folded -> name of the table."""
    return _names_of(lexicon.tables)


# Many rosters are read by the same tables.
@lru_cache(maxsize=16)
def _names_of(tables: tuple[Table, ...]) -> Mapping[str, str]:
    return MappingProxyType(
        {
            folded(alias): table.name
            for table in tables
            for alias in {*table.names, table.name, table.label}
        }
    )


def load(path: Path) -> dict[str, bytes]:
    """The files of a roster, by file name.

    Raises ``InputUnreadableError`` when there is nothing at ``path``, when it is
    neither a folder nor a workbook, or when the system does not let it be read.
    """
    try:
        if path.is_dir():
            return _load_folder(path)
        if path.is_file():
            return _load_workbook(path)
    except OSError as error:
        raise InputUnreadableError(
            f"名簿を開けません: {path}: {error.strerror}",
            f"Cannot open the roster: {path}: {error.strerror}",
        ) from error
    raise InputUnreadableError(f"名簿がありません: {path}", f"There is no roster at {path}")


def _load_folder(folder: Path) -> dict[str, bytes]:
    files = sorted(entry for entry in folder.iterdir() if entry.is_file())
    found = {file.name: _load_file(file) for file in files if file.suffix.lower() == ".csv"}
    workbooks = [file.name for file in files if file.suffix.lower() in _WORKBOOKS]
    if workbooks and not found:
        raise InputUnreadableError(
            f"CSVファイルがありません: {folder}。Excelブックは直接指定してください: {workbooks[0]}",
            f"No CSV file in {folder}. Name the workbook itself: {workbooks[0]}",
        )
    return found


def _load_workbook(path: Path) -> dict[str, bytes]:
    if path.suffix.lower() == ".csv":
        # Read alone, it would quietly leave out the designations beside it.
        raise InputUnreadableError(
            f"CSVの名簿は、ファイルではなくフォルダーを指定してください: {path.parent}",
            f"Name the folder that holds the CSV files, not one file: {path.parent}",
        )
    return {path.name: _load_file(path)}


def _load_file(path: Path) -> bytes:
    with path.open("rb") as stream:
        # One byte more than is accepted, so that too large a file is noticed and not held.
        return stream.read(MAX_BYTES + 1)


def open_files(files: Mapping[str, bytes], lexicon: Lexicon) -> Source:
    """The raw tables of CSV files or of one workbook, given as file name -> content.

    Raises ``InputUnreadableError`` when they are neither.
    """
    suffixes = {name: PurePosixPath(name).suffix.lower() for name in files}
    workbooks = [name for name, suffix in suffixes.items() if suffix in _WORKBOOKS]
    if not workbooks:
        _refuse_old_workbook(suffixes)
        return _open_csv_files(files, suffixes, table_names(lexicon))
    if len(files) > 1:
        given = "、".join(sorted(files))
        raise InputUnreadableError(
            f"名簿はCSVファイル一式か、Excelブック一つにしてください: {given}",
            f"A roster is either CSV files or one workbook, not: {given}",
        )
    # Late, so that a roster in CSV does not pay for the workbook reader.
    from kitei.roster.workbook import open_workbook

    source = Source()
    open_workbook(workbooks[0], files[workbooks[0]], table_names(lexicon), source)
    return source


def _refuse_old_workbook(suffixes: Mapping[str, str]) -> None:
    old = next((name for name, suffix in suffixes.items() if suffix == ".xls"), None)
    if old is not None and len(suffixes) == 1:
        raise InputUnreadableError(
            f"{old} は古いExcel形式です。.xlsx か CSV UTF-8 で保存し直してください。",
            f"{old} is in the old Excel format. Save it as .xlsx or as CSV UTF-8.",
        )


def _open_csv_files(
    files: Mapping[str, bytes], suffixes: Mapping[str, str], names: Mapping[str, str]
) -> Source:
    source = Source()
    taken: dict[str, str] = {}
    for file in sorted(files):
        stem = PurePosixPath(file.replace("\\", "/")).stem
        table = names.get(folded(stem)) if suffixes[file] == ".csv" else None
        if table is None:
            if stem != RESULTS:
                source.notes.append(ignored_table(file))
        elif table in taken:
            source.refuse(Place(table, taken[table]), same_table(taken[table], file))
        else:
            taken[table] = file
            _open_csv(source, table, file, files[file])
    return source


def _open_csv(source: Source, table: str, file: str, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        source.refuse(Place(table, file), too_large())
        return
    try:
        source.tables[table] = read_csv(table, file, data)
    except UnreadableTableError as error:
        source.refuse(Place(table, file, row=error.row), error.message)
