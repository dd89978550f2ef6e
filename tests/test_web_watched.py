"""What an operator sees of the service: counts over all workers, logs without names, readiness."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, kitei
from tests.test_cli_serve import Server
from tests.web_support import AS_OF, TOKEN, client

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
NAME = "見本 総務"
QUERY = f'SELECT ?who {{ ?who <http://xmlns.com/foaf/0.1/name> "{NAME}" }}'


def counted(text: str, name: str, **labels: str) -> float:
    """The sum of a metric over the series that have these labels."""
    total = 0.0
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if found and all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
            total += float(found[2])
    return total


def test_requests_are_counted_over_all_workers() -> None:
    server = Server("--example", "--workers", "2", "--rate", "0")
    try:
        for number in range(20):
            server.ask("/sparql", query=f"SELECT ({number} AS ?n) {{}}")
        server.ask("/nothing")
        for _ in range(20):
            server.ask("/sparql", query="ASK {}")
        text = server.ask("/metrics")[1]
        again = counted(text, "kitei_answers_given_again_total")
        assert again in (18, 19), "each worker was asked once at most"
        asked, of_all = 40 - again, {"endpoint": "sparql.sparql"}
        assert counted(text, "kitei_requests_total", status="200", **of_all) == asked
        assert counted(text, "kitei_requests_total", endpoint="none", status="404") == 1
        assert counted(text, "kitei_request_seconds_count", **of_all) == asked
        assert counted(text, "kitei_data_generation") == 1
        assert counted(text, "kitei_ready") == 1
        server.process.send_signal(signal.SIGHUP)
        while counted(server.ask("/metrics")[1], "kitei_data_generation") < 2:
            assert server.process.poll() is None
    finally:
        assert server.stop(signal.SIGTERM)[0] == 0


def test_no_label_comes_from_a_client() -> None:
    client().open("/sparql", method="見本".encode().hex())
    client().get(f"/q/{NAME}")
    client().get("/sparql", query_string={"query": QUERY})
    text = client().get("/metrics").text
    assert NAME not in text
    assert "見本".encode().hex() not in text


def test_logs_are_lines_of_json_without_names_queries_clients_or_tokens(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    server = Server("--roster", str(ROSTER), "--token-file", str(file), "--log-requests")
    server.ask("/sparql", query=QUERY)
    server.ask("/q/who-acts", post=NAME, **{"as-of": AS_OF})
    server.ask(f"/id/032158/person/{NAME.encode().hex()}")
    server.ask("/login", "POST", token=TOKEN)
    code, _, logged = server.stop(signal.SIGTERM)
    assert code == 0
    records = [json.loads(line) for line in logged.splitlines()]
    assert {record["endpoint"] for record in records} >= {"sparql.sparql", "login.enter"}
    fields = "time level logger message endpoint method status milliseconds bytes"
    assert {frozenset(record) for record in records} == {frozenset(fields.split(" "))}
    for secret in (NAME, TOKEN, "foaf", "127.0.0.1", NAME.encode().hex()):
        assert secret not in logged
    assert all(record["time"].endswith("+00:00") for record in records)


def test_a_service_that_lives_may_not_be_ready() -> None:
    assert client().get("/healthz").text == "ok\n"
    assert client().get("/readyz").text == "ok\n"
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client().get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--roster", str(ROSTER)), "--token-file"),
        (("--host", "::"), "--allow-host"),
        (("--workers", "0"), "--workers"),
        (("--rate", "-1"), "--rate"),
        (("--seconds", "0"), "--seconds"),
    ],
)
def test_what_is_not_safe_to_start_is_not_started(options: tuple[str, ...], told: str) -> None:
    """Without a terminal nobody would see a new token; without a list any Host would do."""
    outcome = kitei("serve", "--lang", "en", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


def test_a_token_is_long_enough_and_readable(tmp_path: Path) -> None:
    file = tmp_path / "token"
    options = ("serve", "--lang", "en", "--roster", str(ROSTER), "--token-file", str(file))
    assert kitei(*options).code == 3
    file.write_text("short", encoding="utf-8")
    outcome = kitei(*options)
    assert outcome.code == 2
    assert "short" not in outcome.err
