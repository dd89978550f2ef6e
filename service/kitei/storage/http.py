"""Requests to one SPARQL endpoint, as careful as a client can be.

The standard library is enough: a few requests a question, digest and basic
authentication, certificates verified. It spares every ``ask`` the import of a
client library (100 ms and more). No redirect is followed, so that nothing is
sent to a host that the operator did not name; every request ends at a deadline,
and every answer at a size.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from time import monotonic
from typing import IO, Any, NamedTuple
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlsplit

from kitei import __version__
from kitei.errors import InputUnreadableError, UsageError

USER, PASSWORD, PASSWORD_FILE = (
    "KITEI_STORE_USER",
    "KITEI_STORE_PASSWORD",
    "KITEI_STORE_PASSWORD_FILE",
)
_MIB = 1024 * 1024
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_FOUND = 404


class Limits(NamedTuple):
    """What a request may take."""

    seconds: float = 120.0
    answer: int = 512 * _MIB
    """Bytes."""


class Account(NamedTuple):
    """Who Kitei is to the endpoint."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Account({self.user!r})"


def account(environment: Mapping[str, str] | None = None) -> Account | None:
    """The account that the environment names; never the command line, which others can see.

    The password is a variable or the first line of a file. Raises
    ``InputUnreadableError`` when that file cannot be read, ``UsageError`` when
    there is a user and no password.
    """
    given = os.environ if environment is None else environment
    user = given.get(USER)
    if not user:
        return None
    if name := given.get(PASSWORD_FILE):
        try:
            lines = Path(name).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputUnreadableError(
                f"{PASSWORD_FILE}: {name}: 読めない。", f"{PASSWORD_FILE}: {name}: cannot be read"
            ) from error
        return Account(user, lines[0] if lines else "")
    if PASSWORD not in given:
        raise UsageError(
            f"{USER} には {PASSWORD} か {PASSWORD_FILE} が要る。",
            f"{USER} needs {PASSWORD} or {PASSWORD_FILE}",
        )
    return Account(user, given[PASSWORD])


class _NoRedirect(request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class _Closing:
    """The library leaves the connection open on which it was asked for a password."""

    def http_error_401(
        self, req: request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> Any:
        with _closing_unless_none(fp) as outcome:
            outcome.append(super().http_error_401(req, fp, code, msg, headers))  # type: ignore[misc]
        return outcome[0]


class _Digest(_Closing, request.HTTPDigestAuthHandler):
    pass


class _Basic(_Closing, request.HTTPBasicAuthHandler):
    pass


@contextmanager
def _closing_unless_none(fp: IO[bytes]) -> Iterator[list[object]]:
    """Close ``fp`` once another answer has come or none will; ``None`` leaves it to others."""
    outcome: list[object] = []
    try:
        yield outcome
    finally:
        if outcome != [None]:
            fp.close()


class Client:
    """Sends requests to the addresses of one endpoint."""

    def __init__(self, account: Account | None = None, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._account = account
        self._passwords = request.HTTPPasswordMgrWithDefaultRealm()
        self._trust: ssl.SSLContext | None = None

    def _opener(self) -> request.OpenerDirector:
        # One for each request: the library counts on where a server repeats a nonce,
        # and Virtuoso then refuses what it has just challenged.
        self._trust = self._trust or ssl.create_default_context()
        return request.build_opener(
            _NoRedirect(),
            request.HTTPSHandler(context=self._trust),
            _Digest(self._passwords),
            _Basic(self._passwords),
        )

    def allow(self, url: str) -> str:
        """Check an address, and let the account be used there.

        Raises ``UsageError`` unless it is http or https, without user and password
        in it, and https if an account would be sent beyond this machine.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(f"{shown(url)}: URL ではない。", f"{shown(url)}: not a URL of the web")
        if parts.username or parts.password:
            raise UsageError(
                f"URL に名前とパスワードを書かない。{USER} と {PASSWORD} を用いる。",
                f"no user or password in a URL; use {USER} and {PASSWORD}",
            )
        if self._account:
            if parts.scheme != "https" and parts.hostname not in _HERE:
                raise UsageError(
                    f"{shown(url)}: パスワードは https でなければ送らない。",
                    f"{shown(url)}: a password is sent over https only",
                )
            self._passwords.add_password(None, url, *self._account)
        return url

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        may_lack: bool = False,
    ) -> bytes:
        """The body of the answer. Raises ``InputUnreadableError`` on any but a whole success.

        Where a thing may be lacking, 404 is one too.
        """
        started = monotonic()
        agent = {"User-Agent": f"kitei/{__version__}", **headers}
        # The scheme was checked, and no other handler is asked for it.
        sent = request.Request(url, data=body, headers=agent, method=method)  # noqa: S310
        try:
            with self._opener().open(sent, timeout=self._limits.seconds) as answer:
                if answer.headers.get("X-SPARQL-MaxRows"):
                    raise _failed(url, "答えが途中で切られた", "it cut the answer short")
                parts, size = [], 0
                # What has come, and not only a whole block: or the deadline would not be met.
                while part := answer.read1(_MIB):
                    parts.append(part)
                    size += len(part)
                    if size > self._limits.answer:
                        raise _failed(url, "答えが大きすぎる", "the answer is too large")
                    if monotonic() - started > self._limits.seconds:
                        raise _failed(url, "時間切れ", "it took too long")
                if answer.length:
                    raise _failed(url, "答えが途中で終わった", "its answer ended early")
        except HTTPError as error:
            with error:
                if may_lack and error.code == _NOT_FOUND:
                    return b""
                said = error.read(300).decode("utf-8", "replace") if error.fp else ""
            why = " ".join(f"{error.code} {error.reason} {said}".split())
            raise _failed(url, why, why) from error
        except (OSError, HTTPException) as error:
            why = str(getattr(error, "reason", error)) or type(error).__name__
            raise _failed(url, why, why) from error
        return b"".join(parts)


def shown(url: str) -> str:
    """An address without what may be a secret in it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()


def _failed(url: str, ja: str, en: str) -> InputUnreadableError:
    return InputUnreadableError(
        f"保管場所のサーバー {shown(url)}: {ja}", f"the server of the store, {shown(url)}: {en}"
    )
