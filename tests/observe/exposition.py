"""What a scraper reads: every series with its labels and its value."""

from __future__ import annotations

from typing import TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

_ORDER = ("terminal", "kind", "outcome", "cause", "state", "currency", "file")
"""In which the tests write labels; the exposition sorts them."""

Samples: TypeAlias = dict[tuple[str, tuple[str, ...]], float]


def samples_of(text: str) -> Samples:
    """Every series of an exposition with its value, buckets left out."""
    return {
        (each.name, tuple(each.labels[label] for label in _ORDER if label in each.labels)): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
        if not each.name.endswith(("_bucket", "_created"))
    }


def exposed(registry: CollectorRegistry) -> Samples:
    """What a registry tells now."""
    return samples_of(generate_latest(registry).decode())


def named(samples: Samples, name: str) -> dict[tuple[str, ...], float]:
    """The values of one series, by labels."""
    return {labels: value for (series, labels), value in samples.items() if series == name}


def moved(samples: Samples, name: str) -> dict[tuple[str, ...], float]:
    """Those of them that are not 0: every series of a configured terminal is there from the beginning."""
    return {labels: value for labels, value in named(samples, name).items() if value}
