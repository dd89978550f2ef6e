"""list the readings of the regulation, with their alternatives"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kitei.cli.options import add_city, add_language, language_of, open_city
from kitei.cli.printing import put
from kitei.errors import Bilingual
from kitei.namespaces import local_name
from kitei.readings import Alternative, Reading, readings

if TYPE_CHECKING:
    from kitei.ask.labels import Labels


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei readings``."""
    parser.add_argument("--format", choices=("json", "text"), default="text")
    add_city(parser)
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Print the readings of every version of the text that is held."""
    from kitei.ask.labels import Labels
    from kitei.report.answers import DISCLAIMER

    city = open_city(options)
    found = readings(city.dataset, city.regulation.iri)
    followed = {switch.reading.iri: switch.alternative.iri for switch in city.switches}
    labels, language = Labels(city.dataset), language_of(options)
    if options.format == "json":
        document = {
            "regulation": city.regulation.title,
            "readings": [_fields(reading, followed, labels) for reading in found],
            "disclaimer": DISCLAIMER._asdict(),
        }
        put(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        return 0
    for reading in found:
        put("\n".join(_told(reading, followed, labels, language)) + "\n\n")
    put(f"{DISCLAIMER.within(language)}\n")
    return 0


def _fields(reading: Reading, followed: dict[str, str], labels: Labels) -> dict[str, object]:
    return {
        "name": reading.name,
        "version": reading.version,
        "label": reading.label._asdict(),
        "reason": reading.reason._asdict(),
        "provisions": [labels.eid(source) for source in reading.sources],
        "adopted": local_name(reading.adopted),
        "followed": local_name(followed.get(reading.iri, reading.adopted)),
        "alternatives": [
            {
                "name": found.name,
                "label": found.label._asdict(),
                "not_derived": found.underivable._asdict() if found.underivable else None,
            }
            for found in reading.alternatives
        ],
    }


def _told(
    reading: Reading, followed: dict[str, str], labels: Labels, language: str
) -> Iterator[str]:
    cited = [labels.citation(source).within(language) for source in reading.sources]
    yield f"{reading.name}  ({reading.version})"
    yield f"  {reading.label.within(language)}"
    yield f"  {Bilingual('条項', 'Provision').within(language)}: {', '.join(cited)}"
    yield f"  {Bilingual('理由', 'Why').within(language)}: {reading.reason.within(language)}"
    now = followed.get(reading.iri, reading.adopted)
    for found in reading.alternatives:
        mark = "*" if found.iri == now else " "
        note = _note(reading, found, now).within(language)
        yield f"  {mark} {found.name}: {found.label.within(language)}{note}"


def _note(reading: Reading, found: Alternative, now: str) -> Bilingual:
    if found.underivable is not None:
        why = found.underivable
        return Bilingual(f" (切り替えられない: {why.ja})", f" (cannot be switched to: {why.en})")
    if found.iri == reading.adopted:
        return Bilingual(" (既定)", " (default)")
    if found.iri == now:
        return Bilingual(" (切替え)", " (switched to)")
    return Bilingual("", "")
