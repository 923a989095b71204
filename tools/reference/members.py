"""What a docstring, a class or a function says of itself, in Markdown."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass

from tools.reference.markdown import Lines, table
from tools.reference.signature import declared, signature

_ASIDE = ("We also considered", "It stands beside")
"""Where a docstring begins to speak to us and not to those who use it."""


def called(name: str, function: object) -> Lines:
    """How it is called, and what it says."""
    yield "```python"
    yield signature(name, function)
    yield "```"
    yield ""
    yield from told(function)


def told(thing: object) -> Lines:
    """Its docstring, with the faults that it names as a list."""
    words = _words(thing)
    for aside in _ASIDE:
        words = words.partition(aside)[0]
    prose, _, faults = words.partition("\nRaises:\n")
    yield prose.strip()
    yield ""
    for line in inspect.cleandoc(faults).splitlines():
        names, named, meaning = line.partition(": ")
        yield f"- raises `{names.replace(', ', '`, `')}`: {meaning}" if named else f"  {line.strip()}"
    if faults:
        yield ""


def sentence(thing: object) -> str:
    """Its docstring in one line, for a table."""
    return " ".join(_words(thing).split())


def value(described: type) -> Lines:
    """A class whose objects are given back: its sentence, what can be read of it, what it can do."""
    yield f"### `{described.__name__}`"
    yield ""
    yield from told(described)
    yield from attributes(described)
    for name, method in vars(described).items():
        if not name.startswith("_") and (inspect.isfunction(method) or isinstance(method, classmethod)):
            yield from called(name, method)


def attributes(described: type) -> Lines:
    """Its fields with their types, then its properties with their sentences."""
    rows = (
        [(f"`{field.name}`", f"`{field.type}`", "") for field in fields(described)] if is_dataclass(described) else []
    )
    getters = {name: item.fget for name, item in vars(described).items() if isinstance(item, property) and item.fget}
    rows += [
        (f"`{name}`", f"`{declared(getter, 'return')}`", sentence(getter))
        for name, getter in getters.items()
        if not name.startswith("_")
    ]
    width = 3 if any(meaning for _, _, meaning in rows) else 2
    if rows:
        yield from table(("field", "type", "meaning")[:width], [row[:width] for row in rows])


def _words(thing: object) -> str:
    return (inspect.getdoc(thing) or "").replace("``", "`")
