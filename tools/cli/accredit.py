"""Accredit: play the vendor's cases, and the hard ones, against any POS that talks to a simulator."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import CommandError
from tools.cli.paper import mention, say, say_json

if TYPE_CHECKING:
    from tools.accredit import Case, Cashier, Pace, Report, Verdict
    from tools.accredit.run import LogJudge

# Whoever tests with the keys of the simulator has them in these variables; the POS's log must not hold them.
_KEY_VARIABLES = ("TILLPROOF_INTEGRATION_KEY", "TILLPROOF_SECRET_KEY")
_LONGEST_S = 3600


@click.command(
    epilog=examples(
        "tillproof accredit --url http://127.0.0.1:8086",
        "tillproof accredit --url http://127.0.0.1:8086 --log pos.log \\",
        '    --pos "./pos {kind} {amount} {currency} {reference}"',
    )
)
@click.option("--url", required=True, metavar="URL", help="Admin port of the simulator that the POS talks to.")
@click.option(
    "--pos",
    metavar="COMMAND",
    help="Runs the POS for a case, without a shell; {amount} {currency} {reference} {kind} {receipt} are filled in. "
    "Else a person is told what to do.",
)
@click.option("--pos-capture", metavar="COMMAND", help="The same for the capture, where --pos has no {kind}.")
@click.option("--case", "names", multiple=True, metavar="NAME", help="Only this case; may be given several times.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=1, max=_LONGEST_S),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the POS may take for one step of a case.",
)
@click.option(
    "--quiet-for",
    "quiet_s",
    type=click.FloatRange(min=0.1, max=_LONGEST_S),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="For how long the terminal must have been left alone before a case is judged.",
)
@click.option("--currency", default="NOK", show_default=True, metavar="CODE", help="A currency with two decimals.")
@click.option(
    "--log",
    "log",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The POS's own log of the communication, or its folder; else a person is asked.",
)
@shared
@click.pass_obj
def accredit(ask: Ask, /, **wanted: Any) -> int:  # noqa: ANN401 - eight options, read by name below
    """Test any POS against a running simulator.

    Plays approved, declined, busy, lost replies, reboots and more; the simulator's
    ledger and request log are the judge, never what the POS says. Exit code 0 if all
    chosen cases passed, 1 if any failed, 30 if some were not played or not judged.
    """
    from tools.accredit import BadCommand, NoSimulator, Pace, document, exit_code, lines  # noqa: PLC0415 - see demo

    cases = _chosen(wanted["names"])
    pace = replace(Pace(), timeout_s=wanted["timeout_s"], quiet_s=wanted["quiet_s"])
    try:
        report = _report(wanted, cases, pace)
    except (BadCommand, NoSimulator) as problem:
        raise CommandError(str(problem)) from None
    if ask.as_json:
        say_json(document(report))
    else:
        say(lines(report))
    return exit_code(report)


def _report(wanted: dict[str, Any], cases: Sequence[Case], pace: Pace) -> Report:
    from tools.accredit import Desk, Run  # noqa: PLC0415 - see above

    desk = Desk(wanted["url"])
    try:
        return Run(
            desk=desk,
            cashier=_cashier(wanted["pos"], wanted["pos_capture"]),
            pace=pace,
            currency=wanted["currency"],
            tag=time.strftime("%d%H%M%S"),
            tell=mention,
            judge_log=_log_judge(wanted["log"]),
        ).play(cases)
    finally:
        desk.close()


def _chosen(names: Sequence[str]) -> Sequence[Case]:
    from tools.accredit import CASES  # noqa: PLC0415 - see above

    known = [case.name for case in CASES]
    for name in names:
        if name not in known:
            raise CommandError(f"case: there is no {name!r}; there are {', '.join(known)}")
    return [case for case in CASES if not names or case.name in names]


def _cashier(pos: str | None, captures: str | None) -> Cashier:
    from tools.accredit import Command, Person  # noqa: PLC0415 - see above

    if pos is None and captures is not None:
        raise CommandError("pos-capture: it goes with --pos; give both, or neither")
    return Person(mention) if pos is None else Command(pos, captures=captures)


def _log_judge(place: Path | None) -> LogJudge:
    from tools.accredit import judge_log, read_log  # noqa: PLC0415 - see above

    def judged(rows: Sequence[Any]) -> Verdict:
        if place is None:
            return _asked()
        try:
            lines = read_log(place)
        except OSError as error:
            return _not_judged(f"{place} cannot be read ({error.strerror})")
        return judge_log(lines, rows, secrets=[os.environ.get(name, "") for name in _KEY_VARIABLES])

    return judged


def _asked() -> Verdict:
    """What cannot be seen from the terminal a person may answer, if there is one."""
    from tools.accredit import Verdict, Word  # noqa: PLC0415 - see above

    if not sys.stdin.isatty():
        return _not_judged("the terminal does not see the POS's log; give it with --log")
    question = "Does the POS's log hold every request of this run, without keys, hashes and card numbers?"
    if click.confirm(question, err=True):
        return Verdict(word=Word.PASSED, why="a person has looked and said yes")
    return Verdict(word=Word.FAILED, why="a person has looked and said no")


def _not_judged(why: str) -> Verdict:
    from tools.accredit import Verdict, Word  # noqa: PLC0415 - see above

    return Verdict(word=Word.NOT_JUDGED, why=why)
