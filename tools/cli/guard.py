"""The one place where whatever goes wrong becomes a sentence and an exit code. Nobody but us ever sees a traceback."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

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
        return _misused(misuse, ask)
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


def _misused(misuse: click.ClickException, ask: Ask) -> int:
    """What click has to say, in the form of our own errors: it would print a long one as one long line."""
    if isinstance(misuse, click.exceptions.NoArgsIsHelpError) and not ask.as_json:
        misuse.show()  # whoever asks for nothing gets the help, which fits
        return Exit.USAGE
    context = getattr(misuse, "ctx", None)
    if context is not None and not ask.as_json:
        complain_verbatim(f"{context.get_usage()}\n")
        complain(f"Try `{context.command_path} --help`.")
    # A missing choice is told by click with a line and a tab for each one that there is.
    message = re.sub(r"\s*\n\s*", " ", misuse.format_message())
    return _told(ask, type(misuse).__name__, message, Exit.USAGE)


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
    with suppress(OSError):  # there is nobody to tell, and the exit code still has to
        click.echo(text, err=True, nl=False)
