"""How the terminal behaved towards one order, concluded from the wire log, as a line of the simulator's script.

Two ways were thought of. A tape that plays the recorded bytes would be exact, and useless: a till that asks one
question more hears the wrong answer, and ids and hashes are others anyway. So what is played is a terminal, with its
own memory and time, that is given the same guest, the same fault and the same visitors at the same moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.incident.exchange import Exchange
from tools.incident.sighting import Sight, Sighting

_OK, _REFUSED, _UNAUTHORIZED, _FAULT = 200, 400, 401, 500
_BUSY = frozenset({503, 409, 423, 429})
_KNOWN = frozenset({"Approved", "Declined", "Cancelled"})
_SOON_S = 0.05
_FOR_LONG_S = 3600.0


@dataclass(kw_only=True)
class Conduct:
    """What to play. ``events`` are those of a script, without what ties them to the operation.

    ``share`` is when in the visit the line breaks, ``late_s`` when a late order arrives. ``untold`` has a sentence for
    each thing that the log does not tell, or that cannot be played.
    """

    fault: str = "none"
    takes_s: float = 0.0
    outcome: str = "Approved"
    share: float | None = None
    late_s: float | None = None
    events: list[dict[str, object]] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)


def conduct(order: Exchange, seen: Sequence[Sighting], *, believed: bool, absent_at: float | None) -> Conduct:
    """How the terminal behaved, given what was seen after the order.

    ``believed`` tells whether the till took the reply for one; ``absent_at`` when it was certain that the order had not
    been processed, in unix seconds.
    """
    ours = next((one for one in seen if one.sight is Sight.OURS), None)
    if order.is_async:
        played = _asynchronous(order, seen, ours, believed=believed)
    elif order.status is None:
        played = _lost(order, seen, ours, absent_at)
    else:
        played = _replied(order, believed=believed)
        _visitors(played, order, seen, ours)
    if ours is not None and ours.exchange.outcome:
        played.outcome = ours.exchange.outcome
    return played


def _replied(order: Exchange, *, believed: bool) -> Conduct:
    played = Conduct(takes_s=order.took_s, outcome=order.outcome or "Approved")
    if order.status == _OK and not believed:
        played.fault = _spoilt(order)
    elif order.status in _BUSY:
        played.fault = "busy"
    elif order.status == _UNAUTHORIZED:
        played.fault = "delivered_twice"
    elif order.status is not None and order.status >= _FAULT:
        played.fault = "html_error"
    elif order.status != _OK:
        played.untold.append(f"the terminal answered {order.status}, and no simulated one says that to a sound order")
    return played


def _spoilt(order: Exchange) -> str:
    """Why a 200 was none."""
    if order.body is None:
        return "cut_in_headers"
    if not order.signed:
        return "missing_hash"
    if order.outcome is None:
        return "ok_without_outcome"
    return "wrong_hash" if order.outcome in _KNOWN else "unknown_outcome"


def _spoilt_start(order: Exchange) -> str:
    """Why a 200 was none that started anything; it has no outcome that could be spoilt."""
    if order.signed:
        return "wrong_hash"
    return "cut_in_headers" if order.body is None else "missing_hash"


def _asynchronous(order: Exchange, seen: Sequence[Sighting], ours: Sighting | None, *, believed: bool) -> Conduct:
    played = Conduct() if order.status is not None else Conduct(fault="lost_after_processing")
    if order.status not in {_OK, None}:
        return _replied(order, believed=False)
    if order.status == _OK and not believed:
        played.fault = _spoilt_start(order)
    arrived = order.status is not None or any(one.sight in {Sight.OURS, Sight.RUNNING} for one in seen)
    if not arrived and all(one.sight is not Sight.OTHER for one in seen):
        played.fault = "lost_before_processing"
    played.takes_s = _end_of_visit(order, seen, ours)
    _visitors(played, order, seen, ours)
    return played


def _lost(order: Exchange, seen: Sequence[Sighting], ours: Sighting | None, absent_at: float | None) -> Conduct:
    """The line broke; what the terminal made of the order shows only afterwards."""
    if ours is not None and absent_at is not None and ours.at > absent_at:
        return _arrived_late(order, ours, absent_at)
    ran = any(one.sight is Sight.RUNNING for one in seen)
    marks = _until_gone(seen)
    changed = ours is not None or len(marks) < len(seen)
    if not seen or all(one.sight is Sight.SILENT for one in seen):
        return _gone_silent(order)
    if not changed and not ran:
        return Conduct(fault="lost_before_processing")
    played = Conduct(fault="lost_after_processing", takes_s=order.took_s)
    if ran or (ours is not None and any(one.sight is Sight.BEFORE for one in seen if one.at < ours.at)):
        played.takes_s = max(_end_of_visit(order, seen, ours), order.took_s + _SOON_S)
        played.fault = "none" if order.failure.endswith("or the network?") else "dropped_while_paying"
        played.share = order.took_s / played.takes_s
    _visitors(played, order, seen, ours)
    return played


def _until_gone(seen: Sequence[Sighting]) -> list[Sighting]:
    """Those before the memory showed something else than before."""
    first = next((n for n, one in enumerate(seen) if one.sight in {Sight.OTHER, Sight.EMPTY, Sight.CLOSED}), len(seen))
    return list(seen[:first])


def _end_of_visit(order: Exchange, seen: Sequence[Sighting], ours: Sighting | None) -> float:
    """Seconds from the order to its end: between the last look that did not show it, and the first that did."""
    end = ours or next((one for one in seen if one.sight in {Sight.OTHER, Sight.EMPTY, Sight.CLOSED}), None)
    running = [one.at for one in seen if one.sight is Sight.RUNNING and (end is None or one.at < end.at)]
    last = max(running, default=order.ended)
    if end is None:
        return _FOR_LONG_S if running else order.took_s
    before = [one.at for one in seen if one.at < end.at and one.sight in {Sight.RUNNING, Sight.BEFORE}]
    latest = max(before, default=last) if ours is not None else last
    return max((latest + end.at) / 2, order.ended) - order.at


def _arrived_late(order: Exchange, ours: Sighting, absent_at: float) -> Conduct:
    late_s = (absent_at + ours.at) / 2 - order.at
    return Conduct(
        fault="delivered_late",
        late_s=late_s,
        untold=["the order arrived after a newer stamp, so this terminal is made to check no stamps"],
    )


def _gone_silent(order: Exchange) -> Conduct:
    """Nobody answered any more: played as a power cut without an end."""
    event: dict[str, object] = {"do": "reboot", "reboot_s": _FOR_LONG_S, "after_s": order.took_s, "during": True}
    untold = ["the terminal answered no question after the order, so nothing shows what became of it there"]
    return Conduct(takes_s=order.took_s * 2 + _SOON_S, events=[event], untold=untold)


def _visitors(played: Conduct, order: Exchange, seen: Sequence[Sighting], ours: Sighting | None) -> None:
    """Who, or what, wiped the memory or took its place after the order, and when."""
    kept = _until_gone(seen)
    if ours is not None or len(kept) == len(seen):
        return
    first = seen[len(kept)]
    match first.sight:
        case Sight.OTHER:
            played.events.append({"do": "foreign", "after_s": 0.0})
        case Sight.CLOSED:
            played.events.append({"do": "foreign", "kind": "capture", "after_s": 0.0})
        case _ if any(one.sight is Sight.CLOSED for one in seen):
            played.events.append({"do": "foreign", "kind": "capture", "after_s": 0.0})
        case _:
            _restart(played, order, kept, first)


def _restart(played: Conduct, order: Exchange, kept: Sequence[Sighting], first: Sighting) -> None:
    """The power went, between the last answer and the one that had forgotten; in between it was booting."""
    silent = [one.at for one in kept if one.sight is Sight.SILENT]
    began = min(silent, default=first.at)
    # An idle terminal is no sign that it had not restarted: that it is idle may be the very effect.
    answers = [one.at for one in kept if one.sight in {Sight.RUNNING, Sight.BEFORE} and one.at < began]
    after_s = max((max(answers) + began) / 2 - order.at, order.took_s) if answers else order.took_s
    booting = (max(silent) + _up(kept, first)) / 2 - began if silent else 0.0
    played.events.append({"do": "reboot", "reboot_s": booting, "after_s": after_s, "during": True})
    played.takes_s = max(2 * after_s, played.takes_s) + _SOON_S
    if order.status is None and not order.is_async:
        played.fault = "none" if not answers else "dropped_while_paying"
        played.share = order.took_s / played.takes_s


def _up(kept: Sequence[Sighting], first: Sighting) -> float:
    """When it answered again after it had been silent."""
    last = max(n for n, one in enumerate(kept) if one.sight is Sight.SILENT)
    return kept[last + 1].at if last + 1 < len(kept) else first.at
