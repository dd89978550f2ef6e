"""serve questions and SPARQL over HTTP"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kitei.cli.address import Address, reserve
from kitei.cli.archive import fingerprint, holds_people, open_archive
from kitei.cli.options import add_city, add_data, add_language, add_store, language_of
from kitei.errors import Bilingual, InputUnreadableError, UsageError

if TYPE_CHECKING:
    from socket import socket

    from kitei.confined import Archive
    from kitei.web.settings import Settings

_HIGHEST_PORT = 65535
_READY = Bilingual("(Ctrl-C で止める)", "(Ctrl-C stops)")
_TOKEN = "KITEI_TOKEN"  # noqa: S105  (the name of a variable)
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
_SHORTEST = 16
_PATIENCE = 65.0
"""Seconds that a query may take beyond its limit: for an evaluator, and to derive its day."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (to tell that it needs --allow-host)


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei serve``."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; %(default)s")
    parser.add_argument("--port", type=int, default=8000, help="0: any free one; %(default)s")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes that take requests; one a processor, on which each then stays",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which the service may be called; may be repeated; --host and loopback are",
    )
    parser.add_argument(
        "--proxies",
        type=int,
        default=0,
        metavar="N",
        help="believe the X-Forwarded-For, -Proto and -Host of N proxies; %(default)s",
    )
    parser.add_argument(
        "--rate",
        type=int,
        default=100,
        metavar="N",
        help="requests a second of one client and worker; 0: any number; %(default)s",
    )
    parser.add_argument(
        "--seconds", type=float, default=10.0, help="time limit of a query; %(default)s"
    )
    parser.add_argument(
        "--log-requests", action="store_true", help="a line of JSON for each request"
    )
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--token-file", type=Path, metavar="FILE", help="the token that opens the roster"
    )
    group.add_argument(
        "--open-roster", action="store_true", help="let everybody see the roster, without a token"
    )
    add_store(
        add_city(parser),
        "kitei load が埋めた保管場所 (フォルダー又は SPARQL のエンドポイント)。起動時と読込み直しの"
        "際に全部をメモリーに読む / what kitei load has put into a folder or behind a SPARQL "
        "endpoint; all of it is read into memory at the start and when it is loaded again",
    )
    add_data(parser)
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Serve in the foreground until Ctrl-C, which is no failure."""
    _validate(options)
    archive = open_archive(options)
    settings = _settings(options, holds_people(archive.protected.city, options))
    with reserve(Address(options.host, options.port)) as reserved, _counted():
        _serve(options, settings, archive, reserved)
    return 0


@contextmanager
def _counted() -> Iterator[None]:
    """A folder where workers share their counts; it has to be known before they are imported."""
    with TemporaryDirectory(prefix="kitei-metrics-") as folder:
        os.environ[_COUNTS] = folder
        try:
            yield
        finally:
            del os.environ[_COUNTS]


def _serve(
    options: argparse.Namespace, settings: Settings, archive: Archive, reserved: socket
) -> None:
    from kitei.confined import Here, Limits, Pool, Source, can_fork
    from kitei.web import create_app, logs
    from kitei.web.checkjob import warm
    from kitei.web.server import serve

    language = language_of(options)
    logs.configure(requests=options.log_requests)
    source = Source(
        archive,
        lambda: _reopened(options, settings),
        lambda: fingerprint(options, archive),
        warm,
    )
    pool = Pool(source, Limits(seconds=options.seconds)) if can_fork() else None

    def listening(url: str) -> None:
        # The service is there, whether or not anybody can be told.
        with suppress(OSError):
            sys.stdout.write(f"Kitei: {url} {_READY.within(language)}\n")
            sys.stdout.flush()

    try:
        app = create_app(archive.public.city, pool or Here(archive), settings)
        serve(app.wsgi_app, reserved, options.workers, listening, pool.reload if pool else None)
    except KeyboardInterrupt:
        pass
    finally:
        if pool:
            pool.close()


def _validate(options: argparse.Namespace) -> None:
    if not 0 <= options.port <= _HIGHEST_PORT:
        raise UsageError(
            f"--port は0から{_HIGHEST_PORT}まで。", f"--port must be 0 to {_HIGHEST_PORT}"
        )
    for name, least in (("workers", 1), ("proxies", 0), ("rate", 0), ("seconds", 0.1)):
        if getattr(options, name) < least:
            raise UsageError(f"--{name} は{least}以上。", f"--{name} must be at least {least}")
    if options.host in _EVERYWHERE and not options.allow_host:
        raise UsageError(
            "すべてのアドレスで待ち受けるには、呼ばれる名を --allow-host で挙げる。",
            "to listen on all addresses, name those it may be called by with --allow-host",
        )


def _reopened(options: argparse.Namespace, settings: Settings) -> Archive:
    """What is there now. Raises ``UsageError`` on people whom nothing would protect."""
    archive = open_archive(options)
    people = holds_people(archive.protected.city, options)
    if people and settings.token is None and not settings.opened:
        raise UsageError(
            "保管場所に名簿が加わった。トークン又は --open-roster を付けて起動し直す。",
            "the store has a roster now; start anew with a token or --open-roster",
        )
    return archive


def _settings(options: argparse.Namespace, people: bool) -> Settings:
    """``people``: whether there is a roster of real people already. A store may get one later."""
    from kitei.web.settings import Settings

    given = options.token_file is not None or _TOKEN in os.environ
    closed = not options.open_roster and (people or (options.store is not None and given))
    return Settings(
        token=_token(options) if closed else None,
        secret=secrets.token_bytes(32),
        opened=options.open_roster and (people or options.store is not None),
        hosts=tuple(
            (f"[{host}]" if ":" in host else host).lower()
            for host in dict.fromkeys([*_LOOPBACK, options.host, *options.allow_host])
        ),
        proxies=options.proxies,
        rate=options.rate,
        patience=_PATIENCE + options.seconds,
    )


def _token(options: argparse.Namespace) -> str:
    """The token from the file or the environment, else a new one, shown on a terminal only.

    Raises ``UsageError`` where nobody would see it, or it is too short, and
    ``InputUnreadableError`` when the file cannot be read.
    """
    given = os.environ.get(_TOKEN)
    if options.token_file is not None:
        try:
            given = options.token_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputUnreadableError(
                f"{options.token_file}: トークンのファイルが読めない。",
                f"{options.token_file}: the token file cannot be read",
            ) from error
    if given is not None:
        token = given.strip()
        if len(token) < _SHORTEST:
            raise UsageError(
                f"トークンは{_SHORTEST}字以上。", f"a token has at least {_SHORTEST} characters"
            )
        return token
    if not sys.stderr.isatty():
        raise UsageError(
            f"名簿を守るトークンがない (--token-file、{_TOKEN} 又は --open-roster)。",
            f"no token protects the roster (--token-file FILE, {_TOKEN}, or --open-roster)",
        )
    token = secrets.token_urlsafe(24)
    said = Bilingual(f"名簿のトークン: {token}", f"token of the roster: {token}")
    sys.stderr.write(f"kitei: {said.within(language_of(options))}\n")
    return token
