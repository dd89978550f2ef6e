"""The parser of the command line and of each command."""

from __future__ import annotations

import argparse
from typing import NoReturn

from kitei.cli.language import usage
from kitei.errors import UsageError


class Parser(argparse.ArgumentParser):
    """A parser whose errors take the same road as all others."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(*usage(message, self.prog))
