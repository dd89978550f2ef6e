"""``/check``: a roster is checked in memory, and forgotten with the answer.

Exit codes of ``kitei check`` and statuses: 0 and 1 are 200 (``Kitei-Conforms``
says which), 2 is 400, 3 (a roster that cannot be read) is 422, 4 (nothing could
be checked) is 409. Too much is 413, another media type 415; 503 is a check that
did not end within its limits.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Blueprint, Response, current_app, g, request

from kitei import dates
from kitei.confined import AnswerTooLargeError, CutShortError, NotAcceptableError
from kitei.errors import KiteiError, UsageError
from kitei.web.caching import NOT_KEPT
from kitei.web.checkjob import ANNOTATED, MEDIA_TYPES, PAGE, XLSX, ZIP, Checked, CheckJob
from kitei.web.negotiation import chooser
from kitei.web.parameters import Parameters, day_of, language, one
from kitei.web.problems import status_of
from kitei.web.responses import content_type, evaluator_of
from kitei.web.shell import page
from kitei.web.upload import LARGEST, received

_PARAMETERS = ("as-of", "fail-on", "format", "lang")
_SEVERITIES = ("violation", "warning", "info")
_FORMATS = (*MEDIA_TYPES, ANNOTATED)
# What Accept may choose; the other formats share these media types and have to be named.
_NEGOTIATED = {
    **{MEDIA_TYPES[name][0]: name for name in ("json", "text", "markdown", "turtle")},
    **{MEDIA_TYPES[name][0]: name for name in ("jsonld", "sarif", "junit")},
    "text/html": PAGE,
    XLSX: ANNOTATED,
    ZIP: ANNOTATED,
}

blueprint = Blueprint("check", __name__)


@blueprint.after_request
def forgotten(response: Response) -> Response:
    """Nobody on the way keeps what was sent, nor what was found in it."""
    response.headers["Cache-Control"] = NOT_KEPT
    response.vary.update(["Accept", "Accept-Language", "Authorization", "Cookie"])
    return response


@blueprint.get("/check", strict_slashes=False)
def form() -> Response:
    """The form. It works without JavaScript."""
    return _form()


@blueprint.post("/check", strict_slashes=False)
def answer() -> Response:
    """Check what was sent."""
    try:
        found, files = received()
        g.asked = {name: found[name] for name in ("as-of", "lang") if found.get(name)}
        wanted = _of(found, "format", _FORMATS) or _accepted()
        checked = _done(_job(found, files, wanted))
    except KiteiError as error:
        if not _by_browser() or status_of(error) is HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return _form(error)
    if wanted == PAGE:
        shown = json.loads(checked.body)
        response = page("checked.html", found=shown, most=LARGEST, severities=_SEVERITIES)
    else:
        response = Response(checked.body, content_type=content_type(checked.media_type))
        if "format" in found:  # somebody wants to keep it
            response.headers.set("Content-Disposition", "attachment", filename=checked.name)
    response.headers["Kitei-Conforms"] = "true" if checked.conforms else "false"
    return response


def _job(found: Parameters, files: dict[str, bytes], wanted: str) -> CheckJob:
    """What is to be done. Raises ``UsageError``."""
    strange = [name for name in found if name not in _PARAMETERS]
    if strange:
        raise UsageError(
            f"知らない項目: {', '.join(map(str, strange))} (書けるもの: {', '.join(_PARAMETERS)})。"
            "ファイルにはファイル名を付ける。",
            f"Unknown field: {', '.join(map(str, strange))} (known: {', '.join(_PARAMETERS)}). "
            "A file needs a file name.",
        )
    return CheckJob(
        files=files,
        as_of=day_of(found) or dates.today(),
        fail_on=_of(found, "fail-on", _SEVERITIES) or _SEVERITIES[0],
        format=wanted,
        language=language(found),
    )


def _done(job: CheckJob) -> Checked:
    try:
        return Checked.unpacked(evaluator_of(current_app).run(job))
    except AnswerTooLargeError:
        raise
    except CutShortError as error:
        raise CutShortError(
            "検査が制限の時間又はメモリーに収まらなかったか、混み合っている。"
            "行を減らすか、後で試す。",
            "The check did not end within its limits of time and memory, or others are waiting. "
            "Send fewer rows, or try later.",
        ) from error


def _accepted() -> str:
    """The format that the Accept header likes best. Raises ``NotAcceptableError``."""
    return _NEGOTIATED[chooser(request.headers.get("Accept", ""))(list(_NEGOTIATED))]


def _by_browser() -> bool:
    """Whether a person looks at the answer, so that a page says what is wrong."""
    offered = (MEDIA_TYPES["json"][0], "text/html")
    try:
        return chooser(request.headers.get("Accept", ""))(offered) == offered[1]
    except NotAcceptableError:
        return False


def _of(found: Parameters, name: str, known: tuple[str, ...]) -> str | None:
    """The value of a parameter, which is one of ``known``. Raises ``UsageError``."""
    value = one(found, name)
    if value is not None and value not in known:
        listed = ", ".join(known)
        raise UsageError(f"{name} は次のいずれか: {listed}。", f"{name} must be one of: {listed}.")
    return value


def _form(error: KiteiError | None = None) -> Response:
    status = HTTPStatus.OK if error is None else status_of(error)
    message = error and error.message
    return page("upload.html", status.value, error=message, most=LARGEST, severities=_SEVERITIES)
