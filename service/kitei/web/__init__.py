"""The service over HTTP: a Flask application, one blueprint a noun, one shape of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitei.web.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    """``create_app``, imported when it is wanted: ``kitei serve`` has to prepare first."""
    if name != "create_app":
        raise AttributeError(name)
    from kitei.web.app import create_app

    return create_app
