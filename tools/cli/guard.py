"""The one place where whatever goes wrong becomes a sentence and an exit code. Nobody but us ever sees a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from tools.cli.ask import Ask
from tools.cli.errors import Interrupted
from tools.cli.exits import Exit, exit_of_error
from tools.cli.paper import complain, say_json

DEBUG_VARIABLE = "TILLPROOF_DEBUG"


def guarded(work: Callable[[], object], ask: Ask) -> int:
    """Run a command to its exit code."""
    try:
        code = work()
    except (click.Abort, KeyboardInterrupt):
        return _told(
            ask,
            "KeyboardInterrupt",
            "interrupted; what was written stays, and running it again is safe",
            Exit.INTERRUPTED,
        )
    except click.ClickException as misuse:
        if ask.as_json:
            return _told(ask, type(misuse).__name__, misuse.format_message(), Exit.USAGE)
        misuse.show()
        return Exit.USAGE
    except Exception as error:  # noqa: BLE001 - what nobody foresaw still owes the caller a sentence and a code
        return _explain(error, ask)
    return code if isinstance(code, int) else Exit.SETTLED


@contextmanager
def may_be_running(what: str) -> Iterator[None]:
    """While this block is open, an order may be at the terminal: whoever breaks it off has to be told."""
    remedy = "It may be running: do not charge again; `tillproof recover` finds out and settles it."
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted during {what}. {remedy}") from None
    except Exception as error:
        if exit_of_error(error) is None:
            error.add_note(f"This was {what}. {remedy}")
        raise


def _explain(error: Exception, ask: Ask) -> int:
    if os.environ.get(DEBUG_VARIABLE) == "1":
        import traceback  # noqa: PLC0415 - only here

        complain_verbatim(traceback.format_exc())
    kind = getattr(error, "kind", type(error).__name__)
    foreseen = exit_of_error(error)
    if foreseen is None:
        # Only the class: the text of an exception that nobody foresaw may hold anything, a key among it.
        message = f"this is a fault of ours ({kind}): report it; {DEBUG_VARIABLE}=1 shows the details"
    else:
        message = str(error) or kind
    message = ". ".join([message, *getattr(error, "__notes__", ())])
    # Two errors know more than their sentence: what the terminal said, and which operation stands in the way.
    known = getattr(error, "outcome", None) or getattr(error, "blocking", None)
    return _told(ask, kind, message, Exit.FAULT if foreseen is None else foreseen, outcome=known)


def _told(ask: Ask, kind: str, message: str, code: Exit, *, outcome: object = None) -> int:
    if ask.as_json:
        told: dict[str, object] = {"kind": kind, "message": message}
        as_dict = getattr(outcome, "as_dict", None)
        if as_dict is not None:
            told["operation"] = as_dict()
        say_json({"error": told})
    complain(f"error: {message}")
    return code


def complain_verbatim(text: str) -> None:
    """Print to stderr as it is."""
    click.echo(text, err=True, nl=False)
