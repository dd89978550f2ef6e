"""Parameters as a URL or a form writes them."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kitei.errors import UsageError
from kitei.web.parameters import parsed


@pytest.mark.parametrize("encoded", [b"a=\xff", b"a=\xe3%81%82", b"a=%e3%81", b"\x80"])
def test_what_is_not_utf_8_is_refused(encoded: bytes) -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        parsed(encoded)


def test_there_are_at_most_a_hundred_fields() -> None:
    assert parsed(b"&".join([b"a=1"] * 100)) == {"a": ["1"] * 100}
    with pytest.raises(UsageError, match="at most 100"):
        parsed(b"&".join([b"a=1"] * 101))


PIECES = [b"%", b"=", b"&", b"+", b"4", b"41", b"%41", b"%3D", b"%26", b"%0a", b"%0D", b"\n", b"\r"]
PIECES += [b"%e8%a6%8f", "規".encode(), b"%ff", b"%C3", b"%a9", b"%zz", b"%2", b"==", b"\0", b" "]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
@example(b"query=%%41%\n%0a&query=a+b%2B&=&&x")
@example(b"a=" + b"%E8%A6%8F" * 1000)
def test_they_are_read_as_the_library_reads_them(encoded: bytes) -> None:
    try:
        text = encoded.decode("utf-8")
        expected = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except UnicodeError:
        with pytest.raises(UsageError, match="not UTF-8"):
            parsed(encoded)
    else:
        assert parsed(encoded) == expected
