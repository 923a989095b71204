"""The modules beside the door: each is in the wheel, checked, and typed for those who install it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

_HOME = Path(__file__).parents[2]
_DOORS = sorted(_HOME.glob("tillproof*.py"))
_PROJECT = tomllib.loads((_HOME / "pyproject.toml").read_text("utf-8"))["tool"]


@pytest.mark.parametrize("door", _DOORS, ids=lambda door: door.stem)
def test_a_module_beside_the_door_is_shipped_with_its_types(door: Path) -> None:
    """A type checker believes a single file only if a package of stubs stands for it."""
    targets = _PROJECT["hatch"]["build"]["targets"]
    assert door.name in targets["wheel"]["only-include"]
    assert door.name in targets["sdist"]["only-include"]
    assert door.stem in _PROJECT["mypy"]["modules"]
    stubs = f"{door.stem}-stubs"
    assert targets["wheel"]["force-include"][f"packaging/{stubs}"] == stubs
    assert (_HOME / "packaging" / stubs / "py.typed").read_bytes() == b""
    assert (_HOME / "packaging" / stubs / "__init__.pyi").read_bytes() == door.read_bytes()
