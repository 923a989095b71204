"""Watch: goes on settling what is in doubt, for a screen in the back office or as a service."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit
from tools.cli.opening import till_of
from tools.cli.paper import paragraph, say, say_json
from tools.cli.times import age, age_s, local
from tools.cli.words import advice, headline, named

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tillproof import Outcome, Till

_REFRESH_S = 0.5
_SHOWN = 8


@click.command(
    epilog=examples("tillproof watch", "tillproof watch --json >> watch.log", "tillproof watch --metrics-port 9464")
)
@click.option(
    "--metrics-port",
    metavar="PORT",
    type=click.IntRange(1, 65535),
    help="Serve metrics for Prometheus at this port, to this machine only.",
)
@shared
@click.pass_obj
def watch(ask: Ask, metrics_port: int | None) -> Exit:
    """Go on settling what is in doubt, until Ctrl-C.

    Looks at the journal every second, whoever writes into it, asks the terminals
    and waits for nobody; also looks for late success. A line for everything that
    is settled, contradicted, or in doubt for three minutes; in a terminal a live
    view; with --json one document a line. The exit code is that of status.
    """
    live = not ask.as_json and sys.stdout.isatty()
    # A log that goes to the same screen would be written across the view, which tells the same.
    ask.quiet |= live and sys.stderr.isatty() and not ask.verbose
    with till_of(ask) as till, _metrics(till, metrics_port), _until_stopped() as stopped:
        news = _News(as_json=ask.as_json, keep=live)
        till.on_settled(lambda outcome: news.tell("settled", outcome))
        till.on_alarm(lambda outcome: news.tell("ALARM", outcome))
        till.on_overdue(lambda outcome: news.tell("overdue", outcome))
        till.watch()
        if live:
            _show(till, news.kept, stopped)
        else:
            if not ask.as_json:
                say([f"watching {', '.join(till.settings.terminals)}; Ctrl-C ends it"])
            stopped.wait()
        return Exit.UNSETTLED if till.unsettled() else Exit.SETTLED


class _News:
    """What the watch has told. Printed line by line, or kept for the live view."""

    def __init__(self, *, as_json: bool, keep: bool) -> None:
        self._as_json = as_json
        self._keep = keep
        self.kept: list[str] = []

    def tell(self, what: str, outcome: Outcome) -> None:
        now = datetime.now(UTC)
        line = f"{local(now.isoformat()):%H:%M:%S} {what:<8}"
        if self._as_json:
            told = {"at": now.isoformat(timespec="milliseconds"), "news": what.lower()}
            say_json({**told, **outcome.as_dict(), "advice": advice(outcome)}, compact=True)
        elif self._keep:
            self.kept.append(f"{line}{headline(outcome)}: {outcome.reference}")
        else:
            say(
                [
                    paragraph(f"{headline(outcome)}: {outcome.reference}, {named(outcome)}", first=line),
                    paragraph(advice(outcome), first=" " * len(line)),
                ]
            )


def _metrics(till: Till, port: int | None) -> AbstractContextManager[object]:
    """Metrics while the watch runs, if somebody wants them."""
    if port is None:
        return nullcontext()
    import tillproof_metrics  # noqa: PLC0415 - brings what only the extra installs

    return closing(tillproof_metrics.serve(till, port=port))


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """Set by Ctrl-C, and by the SIGTERM with which a service is ended."""
    stopped = threading.Event()
    before = {each: signal.signal(each, lambda *_: stopped.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _show(till: Till, told: list[str], stopped: threading.Event) -> None:
    from rich.live import Live  # noqa: PLC0415 - heavy, and only for a terminal

    with Live(_view(till, told), auto_refresh=False) as live:
        while not stopped.wait(_REFRESH_S):
            live.update(_view(till, told), refresh=True)


def _view(till: Till, told: list[str]) -> RenderableType:
    from rich.console import Group  # noqa: PLC0415 - heavy, and only for a terminal
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table("bill", "what", "for", "why", expand=True)
    unsettled = till.unsettled()
    for outcome in unsettled:
        waits = age(age_s(till.operation(outcome.operation_id).opened_at))
        table.add_row(*map(Text, (outcome.reference, named(outcome), waits, outcome.alarm or outcome.reason)))
    open_now: RenderableType = table if unsettled else Text("nothing is unsettled")
    title = Text(f"watching {', '.join(till.settings.terminals)}; Ctrl-C ends it")
    return Group(title, open_now, *map(Text, told[-_SHOWN:]))
