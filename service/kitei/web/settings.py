"""What an operator decides about a service."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """How a service meets its clients; the defaults are those of tests, not of ``kitei serve``."""

    token: str | None = None
    """What protects the roster; ``None``: everybody may see whatever is loaded."""
    secret: bytes = b""
    """Signs cookies; all processes of a service share it."""
    opened: bool = False
    """The roster is of real people, and everybody may see it; pages of other origins may not."""
    hosts: tuple[str, ...] | None = None
    """Names and addresses by which the service may be called; ``None``: any."""
    proxies: int = 0
    """How many proxies stand before it and set X-Forwarded-*, which are ignored otherwise."""
    rate: int = 0
    """Requests a second that a client may make of one worker; 0: any number."""
    remembered: int = 32 * _MIB
    """Bytes of answers that a worker keeps, and once more before Flask."""
    patience: float = 75.0
    """Seconds for the body of a request; more than any answer takes."""
