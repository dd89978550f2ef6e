"""The service over HTTP: a Flask application, one blueprint a noun, one shape of errors."""

from kitei.web.app import create_app

__all__ = ["create_app"]
