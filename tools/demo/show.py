"""The demo as a command: a folder, a screen, the rush, the report, and an exit code."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tillproof import JournalError
from tools.demo.bills import terminal_names
from tools.demo.board import board_for
from tools.demo.errors import DemoError, WrongTurn
from tools.demo.report import FAILED, PASSED, document, exit_code, opening, rows, verdict
from tools.demo.rush import Plan, Story, play

USAGE = 2


def run(*, bills: int, terminals: int, kills: int, fault_rate: float, seed: int, as_json: bool) -> int:
    """Play a lunch rush and return an exit code.

    - 0: nobody was charged twice and nothing was lost. What is left in doubt, if anything, was given to a person, with
      a reason, and is named: that is an end that the product promises, and no failure of it.
    - 1: the audit found a difference between the ledgers and the journal, or the demo broke down. The folder is kept.
    - 2: these numbers cannot be played.
    - 30: no difference, but something stays in doubt that another recovery should have been able to settle. The folder
      is kept.

    ``as_json`` prints one JSON document on stdout, and the progress on stderr.
    """
    console = Console(stderr=as_json, soft_wrap=True)
    try:
        plan = Plan(bills=bills, terminals=terminals, kills=kills, fault_rate=fault_rate, seed=seed)
    except WrongTurn as problem:
        sys.stderr.write(f"error: {problem}\n")
        return USAGE
    folder = Path(tempfile.mkdtemp(prefix="tillproof-demo-"))
    code = FAILED
    try:
        code = _play(plan, folder=folder, console=console, as_json=as_json)
    except (DemoError, JournalError) as problem:
        sys.stderr.write(f"error: {type(problem).__name__}: {problem}\n")
    except KeyboardInterrupt:
        code = PASSED  # of what was asked to stop, nothing is to be kept
        raise
    finally:
        if code == PASSED:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            sys.stderr.write(f"Journal, configuration and logs are kept in {folder}\n")
    return code


def _play(plan: Plan, *, folder: Path, console: Console, as_json: bool) -> int:
    console.print(opening(plan), markup=False, highlight=False)
    with board_for(console, terminals=terminal_names(plan.terminals), bills=plan.bills) as board:
        story = play(plan, folder=folder, board=board)
    if as_json:
        json.dump(document(story), sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        _show(story, console)
    return exit_code(story)


def _show(story: Story, console: Console) -> None:
    if console.is_terminal:
        table = Table(title="The audit: the terminals' ledgers against the journal", show_header=False, expand=True)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(ratio=1)
        for row in rows(story):
            table.add_row(*row)
        console.print(table)
    else:
        for name, value in rows(story):
            console.print(f"{name}: {value}", markup=False, highlight=False)
    *lines, sentence = verdict(story)
    for line in lines:
        console.print(line, markup=False, highlight=False)
    console.print(sentence, style="bold green" if exit_code(story) == PASSED else "bold red", markup=False)
