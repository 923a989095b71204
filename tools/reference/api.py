"""The page of the API: what the door and the modules beside it give, with the words of their docstrings."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable
from enum import StrEnum
from types import ModuleType
from typing import Any, get_args

import tillproof
import tillproof_aio
import tillproof_metrics
import tillproof_pytest
import tillproof_traces
from tools.cli.words import EVIDENCE
from tools.reference.markdown import Lines, glossary, heading, table
from tools.reference.meanings import meanings
from tools.reference.members import attributes, called, sentence, told, value

_INTRODUCTION = """
`import tillproof` is all that a program needs. Every name below is public and typed; what is not here is not for you.
How to use it in a POS: [embed Tillproof](how-to/embed.md).

Amounts go in as text or `Decimal` in major units (`"125.00"`), and come out in minor units with their currency, never
as a float. Names of durations end in `_s`, for seconds. Times are ISO 8601 in UTC.
"""

_OUTCOMES = """
Everything that moves money returns an `Outcome`: one of these five. Doubt is a value here and no exception, because an
exception can be swallowed.
"""

_FIELDS = """
All of them have these fields, and `InDoubt` has `needs_person: bool` as well:
"""

_FAULTS = """
What is raised says what was wrong and what to do about it. It is never a *no* of the guest or of the bank.
"""


def api() -> Lines:
    """``docs/api.md``: everything public."""
    public: dict[str, Any] = {name: getattr(tillproof, name) for name in tillproof.__all__}
    classes = [thing for thing in public.values() if inspect.isclass(thing)]
    faults = [thing for thing in classes if issubclass(thing, Exception)]
    words = [thing for thing in classes if issubclass(thing, StrEnum)]
    shown = {tillproof.Till, tillproof.Records, *get_args(tillproof.Outcome), *faults, *words}
    yield from heading("The API", _INTRODUCTION)
    yield from _functions([thing for thing in public.values() if inspect.isfunction(thing)])
    yield from _methods(tillproof.Till, "Till: what moves money")
    yield "A `Till` is a `Records` as well: everything that follows can be asked of it, too."
    yield ""
    yield from _methods(tillproof.Records, "Records: what only looks up")
    yield from _outcomes(get_args(tillproof.Outcome))
    yield from _faults(faults)
    yield from _words(words)
    yield from ("## What else is returned", "")
    for thing in classes:
        if thing not in shown:
            yield from value(thing)
    yield from _aio()
    yield from _module(tillproof_metrics, "For metrics")
    yield from _module(tillproof_traces, "For traces")
    yield from _pytest()


def _functions(functions: Iterable[Any]) -> Lines:
    yield from ("## Open", "")
    for function in functions:
        yield from (f"### `tillproof.{function.__name__}`", "")
        yield from called(function.__name__, function)


def _methods(described: type, title: str) -> Lines:
    """Its own methods in the order of its source; what it inherits is shown where it belongs."""
    yield from (f"## {title}", "")
    yield from told(described)
    yield from attributes(described)
    for name, method in vars(described).items():
        if not name.startswith("_") and inspect.isfunction(method):
            yield from (f"### `{described.__name__}.{name}`", "")
            yield from called(name, method)


def _outcomes(outcomes: tuple[type, ...]) -> Lines:
    shared = outcomes[0].__mro__[1]
    yield from ("## Outcomes", "", _OUTCOMES.strip(), "")
    rows = [(f"`{kind.__name__}`", f"`{kind.__dict__['word']}`", sentence(kind)) for kind in outcomes]
    yield from table(("class", "`word`", "meaning"), rows)
    yield from (_FIELDS.strip(), "")
    yield from attributes(shared)
    yield from told(shared)
    for name in ("sentence", "as_dict"):
        yield from called(name, getattr(shared, name))


def _faults(faults: Iterable[type]) -> Lines:
    yield from ("## Faults", "", _FAULTS.strip(), "")
    rows = [(f"`{fault.__name__}`", f"`{fault.__mro__[1].__name__}`", sentence(fault)) for fault in faults]
    yield from table(("raised", "is also", "meaning"), rows)


def _words(words: Iterable[type[StrEnum]]) -> Lines:
    yield from ("## Words", "", "Each member is equal to its word, and can be compared with text.", "")
    for names in words:
        yield from (f"### `{names.__name__}`", "")
        yield from told(names)
        known = EVIDENCE if names is tillproof.Evidence else meanings(names)
        yield from glossary({f"`{word}`": meaning for word, meaning in known.items()})


def _aio() -> Lines:
    yield from ("## For asyncio", "")
    yield from told(tillproof_aio)
    methods = {name: method for name, method in vars(tillproof_aio.Till).items() if not name.startswith("_")}
    awaited = [name for name, method in methods.items() if inspect.iscoroutinefunction(method)]
    plain = [name for name in methods if name not in awaited]
    yield from _wrapped(f"Awaited, with the parameters, results and faults of above: {_named(awaited)}.")
    yield from _wrapped(f"Not awaited: {_named(plain)}.")


def _module(module: ModuleType, title: str) -> Lines:
    yield from (f"## {title}", "")
    yield from told(module)
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isclass(thing):
            yield from value(thing)
        else:
            yield from (f"### `{module.__name__}.{name}`", "")
            yield from called(name, thing)


def _pytest() -> Lines:
    yield from ("## For your own tests", "")
    yield from told(tillproof_pytest)
    fixtures = ("terminal", "till", "till_config")
    rows = [(f"`{name}`", sentence(inspect.unwrap(getattr(tillproof_pytest, name)))) for name in fixtures]
    yield from table(("fixture", "meaning"), rows)
    yield from value(tillproof_pytest.Terminal)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _wrapped(text: str) -> Lines:
    yield from textwrap.wrap(text, 120, break_on_hyphens=False)
    yield ""
