"""Percent-encoding undone (RFC 3986, section 2.1), as a form means it (a plus sign is a space).

``urllib.parse`` goes from one escape to the next in Python, which takes longer than
anything else that is done with a short query. What undoes quoted-printable (RFC 2045,
section 6.7), which is the same with another sign, is written in C.
"""

from __future__ import annotations

from binascii import a2b_qp
from urllib.parse import unquote


def plain(text: str) -> str:
    """What a name or a value in a query string says, as ``urllib.parse`` would read it.

    Raises ``UnicodeDecodeError`` when that is not UTF-8.
    """
    text = text.replace("+", " ")
    escapes = text.count("%")
    if not escapes:
        return text
    encoded = text.encode()
    found = a2b_qp(encoded.replace(b"=", b"=3D").replace(b"%", b"="))
    # A whole escape gets shorter by two. Others, which stay as they are, are left to the
    # library, and so is what would be taken for the end of a line.
    whole = len(encoded) - len(found) == 2 * escapes
    if not whole or b"\n" in encoded or b"\r" in encoded:
        return unquote(text, errors="strict")
    return found.decode()
