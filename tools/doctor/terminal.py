"""A terminal: does it answer, does it know our keys, and is it what the configuration says?"""

from __future__ import annotations

from collections.abc import Iterator

from engine import RELEASES, BadInput, TerminalSettings, Unconfirmed
from tools.doctor.clock import LOOKS_LIKE_WRONG_KEYS, clock, is_refused_for_time, refused_our_keys
from tools.doctor.configuration import keys, parted
from tools.doctor.lane import Held, Use, lane, look
from tools.doctor.line import Line, Verdict, failure, good, unchecked, warning
from tools.doctor.patient import Patient
from tools.doctor.user import stranger
from tools.doctor.visit import Visit, listens, visit


def terminal(patient: Patient, name: str) -> Iterator[Line]:
    """Everything about one terminal, from its keys to its lane; it is asked once."""
    lines = list(keys(patient, name))
    yield from lines
    held, settings = look(patient, name), patient.terminals[name]
    if any(line.verdict is Verdict.FAIL for line in lines):
        yield from _unasked(settings, "not asked without its keys", held)
    elif stranger(patient) is not None:
        yield from _unasked(
            settings, "not asked, because what that leaves behind the till's own user could not use", held
        )
    elif patient.journal is not None:
        try:
            seen = visit(patient, patient.with_keys(name), patient.journal)
        except BadInput as error:
            finding, remedy = parted(str(error))
            yield failure("terminal", finding, remedy, about=name)
            yield from lane(settings, held, None)
        else:
            yield from _asked(settings, seen, held)


def _unasked(settings: TerminalSettings, why: str, held: Held) -> Iterator[Line]:
    """Only whether something listens at its address."""
    place, silent = settings.origin.partition("://")[2], listens(settings)
    if silent is not None:
        yield _unreachable(settings, f"nothing listens at {place} ({silent})")
    else:
        yield unchecked("terminal", f"something listens at {place}; {why}", about=settings.name)
    yield unchecked("credentials", "the terminal was not asked", about=settings.name)
    yield from lane(settings, held, None)


def _asked(settings: TerminalSettings, seen: Visit, held: Held) -> Iterator[Line]:
    about = settings.name
    if not seen.asked:
        yield from _unasked(settings, f"not asked: {seen.refusal}", held)
        return
    if seen.device is not None:
        model = seen.device.get("model", "a terminal")
        told = f"{model} answers in {seen.took_ms or 0:.0f} ms"
        yield good(
            "terminal", told, about=about, measured={"took_ms": round(seen.took_ms or 0, 1), "device": seen.device}
        )
        yield good("credentials", "the terminal knows our keys, and we know its signature", about=about)
    else:
        yield from _refused(settings, seen, held)
    yield from clock(settings, seen)
    yield from release(settings, seen)
    yield from lane(settings, held, seen.activity)


def _refused(settings: TerminalSettings, seen: Visit, held: Held) -> Iterator[Line]:
    """Why there was no answer that counts: the line, the keys, the clock, or a guest."""
    about, why = settings.name, str(seen.refusal)
    if not isinstance(seen.refusal, Unconfirmed):
        yield _unreachable(settings, why)
        yield unchecked("credentials", "the terminal was not reached", about=about)
    elif is_refused_for_time(seen):
        yield good("terminal", "it answers, and refuses us because of the time: see clock and stamps", about=about)
        yield unchecked("credentials", "set the clock right first", about=about)
    elif refused_our_keys(seen):
        yield good("terminal", "something answers at its address", about=about)
        yield failure(
            "credentials",
            why,
            f"{LOOKS_LIKE_WRONG_KEYS}; {_COMPARE_KEYS}" if settings.release.signs else _COMPARE_KEYS,
            about=about,
        )
    else:
        if held.use is Use.HELD:
            yield warning(
                "terminal", f"{why}; {held.holder} is using it", "run this again when it is free", about=about
            )
        else:
            yield failure("terminal", why, _BEFORE_A_RESTART, about=about)
        yield unchecked("credentials", "no answer that counts", about=about)


_COMPARE_KEYS = "compare both keys with the vendor's letter; do not try others: wrong keys block the terminal"
_BEFORE_A_RESTART = (
    "look at the terminal and its cable; a restart makes it forget what it did, so run `tillproof recover` before one"
)


def _unreachable(settings: TerminalSettings, why: str) -> Line:
    return failure(
        "terminal",
        why,
        f"look at power, cable and address; what the terminal shows as its own must be {settings.origin}",
        about=settings.name,
    )


def release(settings: TerminalSettings, seen: Visit) -> Iterator[Line]:
    """Whether it says of itself what the configuration says of it."""
    configured, told = settings.release.name, (seen.device or {}).get("apiVersion")
    if told is None:
        yield unchecked("release", "the terminal did not say which it has", about=settings.name)
    elif told == configured or told.startswith(f"{configured}."):
        yield good(
            "release", f"{told}, as configured", about=settings.name, measured={"told": told, "configured": configured}
        )
    else:
        # With a promise that the terminal does not keep, an abort or a question goes wrong; the other way round, the
        # till only does without what a newer terminal could do.
        promised_too_much = list(RELEASES).index(configured) > _known(told)
        yield (failure if promised_too_much else warning)(
            "release",
            f"api is configured as {configured}, and the terminal says {told}",
            f'write the right one into [terminals.{settings.name}]: api = "..."',
            about=settings.name,
            measured={"told": told, "configured": configured},
        )


def _known(told: str) -> int:
    """The place of a release among those that are known; behind them all, if it is none of them."""
    found = [place for place, name in enumerate(RELEASES) if told == name or told.startswith(f"{name}.")]
    return found[0] if found else len(RELEASES)
