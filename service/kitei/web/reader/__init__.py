"""``/reg``: the regulation to read, each provision beside what rests on it.

- ``lines``: the published text as the lines of a page, every character in its provision
- ``marks``: what is marked within a line: references and defined terms
- ``notes``: rules, readings, silences, definitions and references of a provision, in words
- ``jobs``: what is asked of an evaluator
- ``pages``: the addresses
"""

from kitei.web.reader.pages import blueprint

__all__ = ["blueprint"]
