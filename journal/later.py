"""Names of a face that are loaded when somebody first asks for them (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def later(face: str, names: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """The ``__getattr__`` of a face that leaves these modules unloaded until one of their names is asked for.

    The face names the same for the type checker, under TYPE_CHECKING; a test holds the two lists against each other.
    Python 3.15 has a word for all of this, ``lazy from``.
    """
    homes = {name: module for module, given in names.items() for name in given}

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {face!r} has no attribute {name!r}")
        found = getattr(import_module(homes[name]), name)
        setattr(sys.modules[face], name, found)  # from now on it is a name like the others
        return found

    return load
