"""What a terminal nests deeper than anybody reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.samport.reading import read_texts


def nested(levels: int) -> Mapping[str, Any]:
    """An object in an object, so many times, with a text in each."""
    document: dict[str, Any] = {"text": "deepest"}
    for level in range(levels):
        document = {"in": document, "text": str(level)}
    return document


def test_texts_are_read_under_their_path() -> None:
    """What stands beside an object is told as well as what stands in it."""
    assert read_texts({"a": {"b": {"c": "deep"}}, "d": "flat", "e": 5}) == {"a.b.c": "deep", "d": "flat"}


def test_a_document_that_is_nested_by_the_thousand_is_read_from_the_top() -> None:
    """JSON may nest deeper than Python can follow; the texts near the top are told, and nothing is raised."""
    told = read_texts(nested(5_000))
    assert (told["text"], len(told)) == ("4999", 33)
