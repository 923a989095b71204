"""The tables of `docs/simulator.md`, printed from the code: `python -m tools.simulator.document` writes them anew.

The page is written by hand but for what stands between a mark and its end.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints

from tools.simulator import faults
from tools.simulator.assumptions import Assumptions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"

_WORDS = {bool: "`true`, `false`", int: "a whole number", float: "a number", str: "a text"}


def switches() -> Iterator[str]:
    """Print every switch of `Assumptions`."""
    yield "| switch | values | default | subject: what it decides |"
    yield "|---|---|---|---|"
    meanings, hints = _meanings(), get_type_hints(Assumptions)
    for field in fields(Assumptions):
        default = _as_toml(field.default)
        yield f"| `{field.name}` | {_values(hints[field.name])} | `{default}` | {meanings[field.name]} |"


def fault_table() -> Iterator[str]:
    """Print the table of faults, which stands where faults are defined."""
    rows = [line for line in (faults.__doc__ or "").splitlines() if line.startswith("|")]
    return (re.sub(r" +", " ", re.sub(r"-{2,}", "---", row)) for row in rows)


PRINTED: Mapping[str, Callable[[], Iterator[str]]] = {"switches": switches, "faults": fault_table}


def fresh(text: str) -> str:
    """Return the page with its tables printed anew."""
    for name, table in PRINTED.items():
        begin, end = f"<!-- {name}: printed from the code -->\n", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}" + "".join(f"{line}\n" for line in table()) + f"{end}{after}"
    return text


def _meanings() -> Mapping[str, str]:
    """Read what stands under each switch in the source; Python itself drops these texts."""
    (tree,) = ast.parse(inspect.getsource(Assumptions)).body
    found: dict[str, str] = {}
    name = ""
    for statement in tree.body if isinstance(tree, ast.ClassDef) else []:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                pass
            case ast.Expr(value=ast.Constant(value=str(text))) if name:
                found[name] = " ".join(text.split())
            case _:
                pass
    return found


def _values(hint: Any) -> str:  # noqa: ANN401 - a type, or a union of two
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(f'`"{member}"`' for member in hint)
    return _WORDS.get(hint, 'a number, or `"none"`')


def _as_toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case _:
            return f"{value}"


def write() -> None:
    """Write the page."""
    PAGE.write_text(fresh(PAGE.read_text("utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
