"""Parameters as a URL or a form writes them."""

from __future__ import annotations

import pytest

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
