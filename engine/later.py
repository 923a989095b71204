"""Names of a face that are loaded when somebody first asks for them (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module


def later(face: str, *modules: str) -> Callable[[str], object]:
    """The ``__getattr__`` of a face that leaves these modules unloaded until one of its names is asked for.

    What looks like a name of the face and is none is refused as by any module. A face names the same modules for the
    type checker, under TYPE_CHECKING; a test holds the two lists against each other.
    """

    def load(name: str) -> object:
        here = sys.modules[face]
        if name in here.__all__:
            for module in map(import_module, modules):
                if hasattr(module, name):
                    setattr(here, name, getattr(module, name))  # asked for once; from now on it is a name like others
                    return getattr(module, name)
        raise AttributeError(f"module {face!r} has no attribute {name!r}")

    return load
