"""The page about the doctor knows every line that there can be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_HOME = Path(__file__).parents[2]
_MAKERS = {"good", "warning", "failure", "unchecked"}


def checks_in(source: str) -> set[str]:
    """The names of the checks for which a file makes lines."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [
        call for call in calls if _MAKERS & {name.id for name in ast.walk(call.func) if isinstance(name, ast.Name)}
    ]
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}  # type: ignore[misc]


def test_every_line_stands_in_the_document() -> None:
    """Whoever reads a line finds what it means, and no line is explained that nobody prints."""
    page = (_HOME / "docs" / "doctor.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([^`]+)` \|", page.split("| line |")[1], flags=re.MULTILINE)
    printed = {
        check for file in (_HOME / "tools" / "doctor").glob("*.py") for check in checks_in(file.read_text("utf-8"))
    }
    assert (len(told), set(told)) == (len(printed), printed)


def test_lines_are_found_in_the_source() -> None:
    """Also where good or bad is chosen first; the other calls are none."""
    source = 'good("a", "x")\n(failure if bad else warning)("b", "x", "y")\nprint("c")\n'
    assert checks_in(source) == {"a", "b"}
