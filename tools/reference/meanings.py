"""What the members of an enumeration mean."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from enum import StrEnum


def meanings(names: type[StrEnum]) -> Mapping[str, str]:
    """What stands under each member of an enumeration in its source; Python itself drops these texts."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(names))).body
    found: dict[str, str] = {}
    member = ""
    for statement in tree.body if isinstance(tree, ast.ClassDef) else []:
        match statement:
            case ast.Assign(targets=[ast.Name(id=member)]):
                found[names[member]] = ""
            case ast.Expr(value=ast.Constant(value=str(text))) if member:
                found[names[member]] = " ".join(text.split())
            case _:
                continue
    return found
