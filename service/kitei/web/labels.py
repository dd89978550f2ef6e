"""What may be counted and written down of a request: a few words that no client can choose."""

from __future__ import annotations

from flask import request

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})


def endpoint() -> str:
    """The endpoint that answers, not the path."""
    return request.endpoint or "none"


def method() -> str:
    """The method, if it is one that is served."""
    return request.method if request.method in _METHODS else "other"
