"""Names of a face that are loaded when somebody first asks for them (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def later(
    face: str, names: Mapping[str, Sequence[str]], *, modules: Mapping[str, str] | None = None
) -> Callable[[str], object]:
    """The ``__getattr__`` of a face that leaves these modules unloaded until one of their names is asked for.

    ``modules`` are given whole, each under a name of its own. No other name may be that of a file in the room: whoever
    imports the file puts it there, and then the name would not be asked for any more.

    The face names the same for the type checker, under TYPE_CHECKING; a test holds the two lists against each other.
    Python 3.15 has a word for all of this, ``lazy from``.
    """
    homes = {name: module for module, given in names.items() for name in given}
    whole = modules or {}

    def load(name: str) -> object:
        if name in homes:
            found = getattr(import_module(homes[name]), name)
        elif name in whole:
            found = import_module(whole[name])
        else:
            raise AttributeError(f"module {face!r} has no attribute {name!r}")
        setattr(sys.modules[face], name, found)  # from now on it is a name like the others
        return found

    return load
