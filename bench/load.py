"""Mixed traffic while evaluators are killed at random and the data changes.

Many clients ask cheap and costly queries, questions and pages, with the token of the
roster and without, and queries that never end. Meanwhile evaluators are killed and the
roster is written anew, in two versions in turn. Every answer is compared with those that
the service gave in peace over either version; a request may fail only if an evaluator was
killed or the query has no end. The memory of all processes must not grow.

    python -m bench.load [--minutes 10 | --seconds 15] [--clients N]

Exits 1 if anything of this does not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from bench.pages import PATHS
from bench.serving import Server, evaluators, free_port, started

from kitei import kb
from kitei.city import City

LIMIT = 2
"""Seconds that the service gives a query."""
DAY = "2024-06-05"
KINDS = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c"
HELD = (
    "SELECT ?post ?who { ?x a <https://w3id.org/kitei/ns#PostOnDay> ; "
    "<https://w3id.org/kitei/ns#post> ?post OPTIONAL "
    "{ ?x <https://w3id.org/kitei/ns#heldBy> ?who } } ORDER BY ?post ?who"
)
NAMES = "SELECT ?n { ?p <http://xmlns.com/foaf/0.1/name> ?n } ORDER BY ?n"
FOR_EVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
JSON = "application/sparql-results+json"
MARK = "#"
BOUNDARY = "kitei"
INCOMPLETE = b"data-late"
"""In a page that can be read without a part for which there was no time."""
MANY = 1_000_000
"""Requests a second: they are counted as for any service, and never too many."""
GROWTH, SLACK = 1.2, 48 * 1024 * 1024
"""How much more memory the last third may have than the second: a factor, and bytes."""


class Ask(NamedTuple):
    """A request whose answer is known."""

    path: str
    accept: str
    token: bool
    form: bytes = b""
    """A roster to be checked, which is sent instead of asking."""


def _form(roster: Path) -> bytes:
    """The files of a roster (RFC 7578)."""
    begin = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="roster"; filename="'.encode()
    files = (
        begin + file.name.encode() + b'"\r\n\r\n' + file.read_bytes() + b"\r\n"
        for file in sorted(roster.iterdir())
    )
    return b"".join(files) + f"--{BOUNDARY}--\r\n".encode()


def _asks(form: bytes) -> list[Ask]:
    paths = [
        (f"/sparql?as-of={day}&query={quote(query)}", JSON)
        for query in (KINDS, HELD, NAMES, "ASK {}")
        for day in (DAY, "2025-02-03")
    ]
    paths += [
        (f"/q/who-acts?post=CDO&as-of={DAY}", "application/json"),
        (f"/q/vacancies?as-of={DAY}", "text/csv"),
    ]
    for number, path in enumerate(PATHS):
        lang = ("ja", "en")[number % 2]
        paths.append((f"{path}{'&' if '?' in path else '?'}as-of={DAY}&lang={lang}", "text/html"))
    asks = [Ask(path, accept, token) for path, accept in paths for token in (False, True)]
    checked = (f"/check?as-of={DAY}&format={each}&lang=en" for each in ("json", "html", "xlsx"))
    return asks + [Ask(path, "*/*", token, form) for path in checked for token in (False, True)]


class Service:
    """The service under load, and what is known of it."""

    def __init__(self, server: Server, token: str, roster: Path) -> None:
        self.server = server
        self.known: dict[Ask, set[tuple[int, bytes]]] = {}
        self._token = token
        self._file = roster / "roster.csv"
        self._versions = _versions(self._file.read_bytes())
        self._asks = _asks(_form(roster))

    def get(self, ask: Ask, mark: str = "") -> tuple[int, bytes]:
        """Status and body; what has a ``mark`` is a query that was never asked before."""
        headers = {"Accept": ask.accept}
        if ask.token:
            headers["Authorization"] = f"Bearer {self._token}"
        path = ask.path + quote(mark) if mark and ask.accept == JSON else ask.path
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            if ask.form:
                headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            connection.request("POST" if ask.form else "GET", path, ask.form or None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def generation(self) -> int:
        """How often the data has been loaded."""
        lines = self.server.get("/metrics")[1].decode().splitlines()
        value = next(line for line in lines if line.startswith("kitei_data_generation "))
        return int(float(value.split()[1]))

    def change(self, version: int) -> None:
        """Write the roster anew; the service sees it by itself."""
        new = self._file.with_suffix(".new")
        new.write_bytes(self._versions[version % 2])
        new.replace(self._file)

    def learn(self) -> None:
        """Ask in peace for all answers over both versions."""
        for version in (1, 0):
            before = self.generation()
            self.change(version)
            _until(lambda before=before: self.generation() > before)  # type: ignore[misc]
            for ask in self._asks:
                status, body = self.get(ask)
                if status >= 500:
                    sys.exit(f"{ask.path}: {status} in peace: {body!r}")
                self.known.setdefault(ask, set()).add((status, body))
        for ask, bodies in self.known.items():
            if not ask.token and len(bodies) > 1:
                sys.exit(f"{ask.path}: the roster shows without its token")


def _versions(csv: bytes) -> tuple[bytes, bytes]:
    """The roster, and the same with its last person named otherwise."""
    lines = csv.decode("utf-8-sig").splitlines()
    cells = lines[-1].split(",")
    cells[1] += "二"
    return csv, "\n".join([*lines[:-1], ",".join(cells), ""]).encode()


class Seen:
    """What the clients saw."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.failed: list[str] = []
        self.endless: list[float] = []
        self.memory: list[int] = []
        self.kills = self.changes = 0
        self.stop = threading.Event()


def _client(service: Service, seen: Seen, number: int) -> None:
    chance = random.Random(number)  # noqa: S311  (a load, not a secret)
    asks = list(service.known)
    endless = Ask(f"/sparql?query={quote(FOR_EVER)}", JSON, False)
    count = 0
    while not seen.stop.is_set():
        count += 1
        mark = f"{MARK}{number}-{count}" if chance.random() < 0.5 else ""
        runaway = chance.random() < 0.01
        ask = endless if runaway else chance.choice(asks)
        began = time.monotonic()
        try:
            status, body = service.get(ask, f"{MARK}{number}-{count}" if runaway else mark)
        except (OSError, HTTPException) as error:
            seen.failed.append(f"{type(error).__name__} of {ask.path}")
            continue
        seen.answers[f"{'endless' if runaway else 'ordinary'} {status}"] += 1
        if runaway:
            seen.endless.append(time.monotonic() - began)
            if status not in (503, 504):
                seen.wrong.append(f"{status} of a query without end")
        elif status >= 500:
            seen.failed.append(f"{status} of {ask.path}: {body[:300]!r}")
        elif INCOMPLETE in body:
            seen.answers["incomplete, and says so"] += 1
        elif (status, body) not in service.known[ask]:
            seen.wrong.append(f"{ask.path} {'with' if ask.token else 'without'} token")


def _killer(service: Service, seen: Seen) -> None:
    chance = random.Random(0)  # noqa: S311
    while not seen.stop.wait(chance.uniform(0.2, 1.0)):
        found = evaluators(service.server.pid)
        if found:
            try:
                os.kill(chance.choice(found), signal.SIGKILL)
            except ProcessLookupError:
                continue
            seen.kills += 1


def _editor(service: Service, seen: Seen) -> None:
    while not seen.stop.wait(4):
        seen.changes += 1
        service.change(seen.changes)


def _watcher(service: Service, seen: Seen) -> None:
    while not seen.stop.wait(1):
        seen.memory.append(service.server.memory())


@contextmanager
def _service() -> Iterator[Service]:
    with tempfile.TemporaryDirectory(prefix="kitei-load-") as folder:
        yield from _in(Path(folder))


def _in(folder: Path) -> Iterator[Service]:
    base = kb.find()
    roster = folder / "roster"
    roster.mkdir()
    for file in base.example_roster(City(base).regulation.name).iterdir():
        (roster / file.name).write_bytes(file.read_bytes())
    token = secrets.token_urlsafe()
    (folder / "token").write_text(token, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "kitei", "serve", "--port", str(port)]
    command += ["--rate", str(MANY)]
    command += ["--roster", str(roster), "--token-file", str(folder / "token")]
    command += ["--seconds", str(LIMIT)]
    with started(Server("kitei", command, port, "/sparql")) as server:
        yield Service(server, token, roster)


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        if time.monotonic() > until:
            sys.exit("the service does not take the changed data up")
        time.sleep(0.2)


def main() -> int:
    """Put the service under load, and judge what came of it."""
    options = _options()
    seen = Seen()
    with ExitStack() as stack:
        service = stack.enter_context(_service())
        service.learn()
        threads = [
            threading.Thread(target=_client, args=(service, seen, number))
            for number in range(options.clients)
        ]
        threads += [
            threading.Thread(target=each, args=(service, seen))
            for each in (_killer, _editor, _watcher)
        ]
        for thread in threads:
            thread.start()
        seen.stop.wait(options.seconds or options.minutes * 60)
        seen.stop.set()
        for thread in threads:
            thread.join()
        if service.get(next(iter(service.known)))[0] != 200:
            seen.wrong.append("the service does not answer afterwards")
    return _verdict(seen)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, help="instead of minutes")
    parser.add_argument("--clients", type=int, default=8)
    return parser.parse_args()


def _verdict(seen: Seen) -> int:
    print(f"answers: {dict(sorted(seen.answers.items()))}")
    print(f"evaluators killed: {seen.kills}; data changed: {seen.changes}")
    if seen.endless:
        print(f"queries without end were cut short after {max(seen.endless):.2f} s at most")
    for sort, found in (("wrong", seen.wrong), ("failed", seen.failed)):
        print(f"{sort}: {len(found)}")
        for each, times in Counter(found).most_common(10):
            print(f"  {times} x {each}")
    third = max(1, len(seen.memory) // 3)
    before, after = (
        statistics.median(part)
        for part in (seen.memory[third:-third] or [0], seen.memory[-third:] or [0])
    )
    flat = after <= before * GROWTH + SLACK
    print(f"memory: {before / 1e6:.0f} MB, then {after / 1e6:.0f} MB; flat: {flat}")
    held = flat and not seen.wrong and len(seen.failed) <= seen.kills and seen.answers
    print("HELD" if held else "DID NOT HOLD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
