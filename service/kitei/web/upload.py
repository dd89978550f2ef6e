"""What somebody sends as ``multipart/form-data``: held in memory, bounded, and nowhere else."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from itertools import chain
from pathlib import PurePosixPath
from typing import IO, cast

from flask import Request, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from kitei.errors import UsageError
from kitei.web.parameters import FORM, Parameters, parameters
from kitei.web.problems import RefusedError

MULTIPART = "multipart/form-data"
LARGEST = 32 * 1024 * 1024
"""Bytes of a whole upload."""
_MOST_PARTS = 40
"""Files and fields of an upload; a roster has six tables."""
_PASSED_OVER = 4 * LARGEST
"""Bytes of an upload beyond all limits that are still read, without keeping them."""
_BLOCK = 256 * 1024
_LONGEST_NAME = 200
_LONGEST_FIELD = 128 * 1024
"""Bytes of a field that is no file, and of the headers of a part."""


class InMemory(Request):
    """A request whose form never touches a disk; Werkzeug's own spools files above 500 kB."""

    whole = False
    """Whether a form that is cut off or malformed is an error (``ValueError``), or is empty."""

    def make_form_data_parser(self) -> FormDataParser:
        """What reads the form."""
        parser = super().make_form_data_parser()
        parser.silent = not self.whole
        return parser

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  (Werkzeug's signature)
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()


def received() -> tuple[Parameters, dict[str, bytes]]:
    """The parameters of the request, in its URL and its form, and the files by base name.

    Raises ``RefusedError`` (415, 413) for another media type or too much, and
    ``UsageError`` when the form does not come to its end (its last boundary), or the
    names of its files cannot be told apart.
    """
    cast("InMemory", request).whole = True
    request.max_content_length = LARGEST
    request.max_form_parts = _MOST_PARTS
    request.max_form_memory_size = _LONGEST_FIELD
    if request.mimetype not in (MULTIPART, FORM):
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"名簿は {MULTIPART} のファイルとして送る。",
            f"Send the roster as the files of {MULTIPART}.",
        )
    found = parameters()
    if request.mimetype == FORM:
        return found, {}
    try:
        form, uploads = request.form, request.files
    except RequestEntityTooLarge as error:
        _pass_over()
        raise _too_much() from error
    except ValueError as error:
        raise UsageError(
            f"{MULTIPART} として終わりまで読めない。途中で切れたか、形が正しくない。",
            f"The body cannot be read to its end as {MULTIPART}: it is cut off or malformed.",
        ) from error
    for name, values in form.lists():
        found.setdefault(name, []).extend(values)
    files: dict[str, bytes] = {}
    for upload in chain.from_iterable(uploads.listvalues()):
        data = upload.stream.read()
        name = _base(upload.filename or "")
        if not name and not data:
            continue  # a file field that was left empty
        if name in files:
            raise UsageError(
                f"同じ名のファイルが二つある: {name}", f"Two files have the same name: {name}"
            )
        files[name] = data
    return found, files


def _base(path: str) -> str:
    """The last part of a path of any system. Raises ``UsageError`` for what is no file name."""
    name = PurePosixPath(path.replace("\\", "/")).name
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise UsageError(
            "ファイルの名が長すぎるか、表示できない文字を含む。",
            "The name of a file is too long or holds characters that cannot be shown.",
        )
    return name


def _pass_over() -> None:
    """Let a client that sends somewhat too much finish: who still sends reads no answer."""
    size = request.content_length or 0
    stream = request.input_stream if size > LARGEST else request.stream
    left = min(size, _PASSED_OVER)
    while left > 0 and (data := stream.read(min(left, _BLOCK))):
        left -= len(data)


def _too_much() -> RefusedError:
    most = LARGEST // (1024 * 1024)
    return RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"大きすぎる。全体で {most} MiB、部分の数は {_MOST_PARTS} まで。",
        f"Too large: {most} MiB and {_MOST_PARTS} parts at most.",
    )
