"""The reference pages in ``docs/``, printed from the code: ``python -m tools.reference`` writes them.

A table that stands in the code and in a page differs within a week. So these pages have no source of their own, and a
test fails when one is stale.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, get_type_hints

import click

from engine import (
    FILE_SETTINGS,
    FINAL,
    FOLLOWS,
    TERMINAL_SETTINGS,
    UNDECIDED,
    FactKind,
    Kind,
    Money,
    Operation,
    Order,
    State,
    outcome_of,
)
from engine import Evidence as Basis
from recovery import PROSPECTS, VERDICTS, Evidence, ProspectRow, Signs, Verdict, VerdictRow
from tools.cli import ERRORS, MEANINGS, main
from tools.cli.words import EVIDENCE
from tools.schema_page import INTRODUCTION, schema

DOCS = Path(__file__).resolve().parent.parent / "docs"

Lines: TypeAlias = Iterator[str]


def _heading(title: str, prose: str) -> Lines:
    yield f"# {title}"
    yield ""
    yield "<!-- Printed from the code by `python -m tools.reference`; do not edit. -->"
    yield ""
    yield prose.strip()
    yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


_COMMANDS = """
Every command takes the options of `tillproof` itself, before or after its name. With `--json` it prints exactly one
document on stdout; logs and complaints go to stderr. A fault is then `{"error": {"kind": "…", "message": "…"}}`, with
`"operation"` inside where one is known, and with the same exit code.

## Exit codes
"""


def commands() -> Lines:
    """``docs/commands.md``: the tree of commands, and the exit codes."""
    yield from _heading("Commands", _COMMANDS)
    yield from _table(("code", "meaning"), [(str(int(code)), meaning) for code, meaning in MEANINGS.items()])
    yield "What is raised ends with these, children of a class like the class; anything else is a fault of ours: 1."
    yield ""
    yield from _table(("raised", "code"), [(f"`{name}`", str(int(code))) for name, code in ERRORS.items()])
    yield from _command(main, "tillproof", 2)


def _command(command: click.Command, path: str, depth: int) -> Lines:
    arguments = [str(item.metavar) for item in command.params if isinstance(item, click.Argument)]
    yield f"{'#' * depth} `{' '.join([path, *arguments])}`"
    yield ""
    yield inspect.cleandoc(command.help or "")
    yield ""
    if command.epilog:
        # Its first two lines are click's mark and the word "Examples".
        yield "```sh"
        yield textwrap.dedent("\n".join(command.epilog.splitlines()[2:]))
        yield "```"
        yield ""
    common = {item.name for item in main.params} if command is not main else set()
    options = [item for item in command.params if isinstance(item, click.Option) and item.name not in common]
    if options:
        yield from _table(("option", "meaning", "default"), [_option(item) for item in options])
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}", depth if command is main else depth + 1)


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in option.opts)
    if isinstance(option.type, click.Choice):
        value = " or ".join(map(str, option.type.choices))
    else:
        value = "" if option.is_flag or option.count else option.metavar or option.type.name.split()[0].upper()
    default = f"`{option.default}`" if option.show_default and option.default is not None else ""
    return f"{names} {value}".strip(), option.help or "", "required" if option.required else default


_CONFIGURATION = """
One TOML file, read once, and refused whole if anything in it is not understood. Keys never stand in it: it names the
environment variables, or the files, that hold them.

```toml
journal = "tillproof.db"

[terminals.bar]
url = "http://192.168.1.20:8085/api/v2"
api = "2.2"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
secret_key_env = "TILLPROOF_SECRET_KEY"
```

## The file
"""

_INFERRED = """## Each terminal: `[terminals.NAME]`

*INFERRED* marks an assumption about the terminal that its vendor does not publish.
"""

_ENVIRONMENT = (
    ("`TILLPROOF_CONFIG`", "The configuration, where `-c` does not name one; else `./tillproof.toml`."),
    ("`TILLPROOF_LOG`", "Level of the log on stderr: debug, info, warning (without it) or error."),
    ("`TILLPROOF_DEBUG`", "`1` shows the traceback of a fault."),
    ("`NO_COLOR`", "No colours in the log."),
)


def configuration() -> Lines:
    """``docs/configuration.md``: every setting."""
    yield from _heading("Configuration", _CONFIGURATION)
    yield from _settings(FILE_SETTINGS)
    yield _INFERRED
    yield from _settings(TERMINAL_SETTINGS)
    yield "## Environment"
    yield ""
    yield from _table(("variable", "meaning"), _ENVIRONMENT)


def _settings(settings: Mapping[str, object]) -> Lines:
    rows = []
    for name, setting in settings.items():
        default, meaning = getattr(setting, "default", None), str(getattr(setting, "meaning", ""))
        if type(default) is object:  # a mark, and no value: there is no default
            shown = f"else `{_other(name)}`" if _other(name) in settings else "required"
        elif default is None:
            shown = ""
        else:
            shown = f"`{str(default).lower() if isinstance(default, bool) else default}`"
        rows.append((f"`{name}`", meaning, shown))
    yield from _table(("key", "meaning", "default"), rows)


def _other(name: str) -> str:
    stem, _, ending = name.rpartition("_")
    return f"{stem}_{'file' if ending == 'env' else 'env'}"


_RECOVERY = """
A lost answer is not a *no*. Recovery asks the terminal, which remembers the last operation of each kind; our own id
decides whose it is, never amount or time. Each round of questions meets exactly one row of each of the two tables
below; a test walks every combination. **No row sends an order again.** What is found is written into the journal with
the label of its row, and `tillproof show` and `tillproof recover` name it.

That something did *not* happen needs three proofs together: it can no longer arrive (fence, or grace), it is not
running (idle, or grace), and it did not finish (the memory shows what it showed before). In both tables an empty cell
means *whatever it is*.

## Can it still happen?
"""


def recovery() -> Lines:
    """``docs/recovery.md``: both decision tables, and the words in them."""
    yield from _heading("Recovery", _RECOVERY)
    yield from _rows(PROSPECTS, Signs, lambda row: row.prospect)
    yield "## What follows"
    yield ""
    yield from _rows(VERDICTS, Evidence, lambda row: row.verdict)
    yield "## The words"
    yield ""
    for names in (Verdict, *{**get_type_hints(Evidence), **get_type_hints(Signs)}.values()):
        yield f"**{names.__name__}.** {inspect.getdoc(names)}"
        yield ""
        yield from _table(("word", "meaning"), meanings(names).items())


def _rows(
    rows: Sequence[ProspectRow | VerdictRow], given: type[Signs | Evidence], then: Callable[..., StrEnum]
) -> Lines:
    names = [field.name for field in fields(given)]
    yield from _table(
        ("row", *names, "then", "because"),
        [
            (f"**{row.label}**", *(_either(getattr(row, name)) for name in names), f"**{then(row)}**", row.reason)
            for row in rows
        ],
    )


def _either(wanted: frozenset[StrEnum]) -> str:
    """In the order of the enumeration, because a set has none."""
    return " / ".join(member for names in {type(member) for member in wanted} for member in names if member in wanted)


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


_STATES = """
The journal holds facts; the state of an operation is what they add up to, by one pure function. A fact that may not
follow is refused before it is written.

## States
"""


def states() -> Lines:
    """``docs/states.md``: states, facts, and which may follow which."""
    yield from _heading("States and facts", _STATES)
    yield from _table(
        ("state", "meaning", "outcome told", "that is"),
        [(f"`{state}`", meanings(State)[state], f"`{_word(state)}`", _standing(state)) for state in State],
    )
    yield "## Facts"
    yield ""
    yield from _table(
        ("fact", "meaning", "may follow"),
        [(f"`{fact}`", meanings(FactKind)[fact], ", ".join(_before(FOLLOWS[fact]))) for fact in FactKind],
    )
    yield "## Evidence: what a final state rests on"
    yield ""
    yield from _table(("evidence", "meaning"), [(f"`{basis}`", EVIDENCE[basis]) for basis in Basis])


def _word(state: State) -> str:
    order = Order(operation_id="", kind=Kind.PAYMENT, terminal="bar", reference="bill", amount=Money(1, "NOK"))
    return outcome_of(Operation(order=order, state=state, opened_at="", updated_at="")).word


def _standing(state: State) -> str:
    if state in FINAL:
        return "final"
    return "undecided: nothing new is started on its terminal" if state in UNDECIDED else "with a person"


def _before(before: frozenset[State | None]) -> list[str]:
    return (["nothing"] if None in before else []) + [f"`{state}`" for state in State if state in before]


def file_of_journal() -> Lines:
    """``docs/schema.md``: the journal as a file of SQLite."""
    yield from _heading("The journal's file", INTRODUCTION)
    yield from schema()


PAGES: Mapping[str, Callable[[], Lines]] = {
    "commands.md": commands,
    "configuration.md": configuration,
    "recovery.md": recovery,
    "schema.md": file_of_journal,
    "states.md": states,
}


def page(name: str) -> str:
    """The text of one page."""
    return "\n".join(PAGES[name]()).rstrip() + "\n"


def write() -> None:
    """Write all pages."""
    DOCS.mkdir(exist_ok=True)
    for name in PAGES:
        (DOCS / name).write_text(page(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
