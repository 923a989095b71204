"""The acts: what a till does while its disk is recorded. Each is another one for each seed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import journal.sqlite
from engine import OPERATIONS, Dispatch, Kind, Moment, Money, NotDelivered, Order, TillproofError, facts
from journal import Fact, JournalError, Value, archive
from tests.prove.power.till import ARCHIVE, Shop, Till, recorder

_NO_CHECKPOINT = 200


def payments(shop: Shop) -> None:
    """Guests pay; the line loses replies."""
    shop.live(lambda till: till.pay(shop.dice.randint(3, 6)))


def reopening(shop: Shop) -> None:
    """The journal is closed after every guest, and opened for the next."""
    for _ in range(shop.dice.randint(3, 5)):
        shop.live(lambda till: till.pay())


def recovery(shop: Shop) -> None:
    """Tills die at a request, and whoever comes next recovers first; he may die as well."""
    for _ in range(shop.dice.randint(2, 4)):
        dies_at = shop.dice.randint(1, 12)

        def recover_and_pay(till: Till, dies_at: int = dies_at) -> None:
            till.line.requests_left = dies_at
            till.recover()
            till.pay(3)

        shop.live(recover_and_pay)
    shop.live(Till.recover)


def group_commits(shop: Shop) -> None:
    """Several threads write at once, and share commits."""

    def crowd(till: Till) -> None:
        with ThreadPoolExecutor(4) as threads:
            for done in [threads.submit(_note_orders, till, number) for number in range(4)]:
                done.result()

    shop.live(crowd)


def _note_orders(till: Till, number: int) -> None:
    for turn in range(4):
        order = new_order(f"{number}/{turn}", seed=uuid.uuid4().int)
        dispatch = Dispatch(stamp_ms=turn, moment=Moment(span="boot 0", ticks_ms=turn), slot_before="empty")
        with suppress(JournalError):
            till.journal.append([facts.intended(order)])
            till.journal.append([facts.dispatched(order, dispatch)])
            till.journal.append([facts.not_delivered(order, NotDelivered("refused", refused=True))], last_resort=True)


def new_order(reference: str, *, seed: int) -> Order:
    """A payment that nobody sends."""
    return Order(
        operation_id=str(uuid.UUID(int=seed % 2**128)),
        kind=Kind.PAYMENT,
        terminal="bar",
        reference=reference,
        amount=Money.parse("125.00", "NOK"),
    )


def made_anew(shop: Shop) -> None:
    """A journal with the table of an older release is opened, and its table made anew; and the same once more."""
    for _ in range(2):
        shop.live(lambda till: till.pay(2), projection=_OLDER)
        shop.live(lambda till: till.pay())


_YOUNGEST = "at_table"
"""A column that a till of today can pay without."""


def _older_row(facts: Sequence[Fact]) -> Mapping[str, Value]:
    return {name: value for name, value in OPERATIONS.row(facts).items() if name != _YOUNGEST}


_OLDER = replace(
    OPERATIONS,
    columns={name: kind for name, kind in OPERATIONS.columns.items() if name != _YOUNGEST},
    row=_older_row,
)


def after_doubt(shop: Shop) -> None:
    """A flush of the log fails, and its bytes with it; guests pay on, or the till dies of it and another one comes."""
    for dies in (True, False, True):
        shop.live(partial(_pay_on_a_bad_disk, dies=dies))
    shop.live(Till.recover)


def _pay_on_a_bad_disk(till: Till, *, dies: bool) -> None:
    till.recover()
    till.pay()
    recorder().recorder_sync_fails(till.dice.randint(1, 3))
    till.pay()
    recorder().recorder_sync_fails(0)
    if dies:
        till.line.die()
    till.pay(2)


def dying(shop: Shop) -> None:
    """Tills die between any two calls, or just before a flush of the log, which then fails for the next one.

    The terminal forgets such a life: its memory is carried on by a till that ends, and this one does not come to it.
    """
    shop.live(lambda till: till.pay())
    for at_flush in (True, False, True, True):
        number = shop.dice.randint(1, 7 if at_flush else 120)
        recorder().recorder_dies(*((0, number) if at_flush else (number, 0)))
        shop.live(lambda till: till.pay(2))
        recorder().recorder_dies(0, 0)
        recorder().recorder_sync_fails(int(at_flush))
        shop.live(lambda till: till.pay())
        recorder().recorder_sync_fails(0)
    shop.live(Till.recover)


def full_disk(shop: Shop) -> None:
    """The disk fills up, the ballast is spent for an answer, and somebody makes room."""
    journal.sqlite.CHECKPOINT_FACTS = _NO_CHECKPOINT  # else the log is written over, and needs no room
    for _ in range(2):
        shop.live(_fill_up)
    shop.live(Till.recover)


def _fill_up(till: Till) -> None:
    for _ in range(3):
        till.pay()
        recorder().recorder_room(till.dice.randint(0, 80) * 1024)
        till.pay(2)
        recorder().recorder_room(-1)


def two_processes(shop: Shop) -> None:
    """Two tills pay at two terminals with one journal; one of them may die, and a third comes."""
    other = Shop(shop.folder, shop.dice, name="hatch", voice=shop.voice)

    def pay_and_perhaps_die(till: Till) -> None:
        till.line.requests_left = till.dice.randint(1, 20)
        till.pay(4)

    running = [shop.begin(lambda till: till.pay(4)), other.begin(pay_and_perhaps_die)]
    for pid in running:
        shop.wait_for(pid)
    with suppress(TillproofError):
        shop.live(Till.recover)


def archiving(shop: Shop) -> None:
    """What is over moves into archives while guests pay, and a till dies between any two calls of it."""
    for number in range(3):
        recorder().recorder_dies(shop.dice.randint(1, 400) if number == 1 else 0, 0)
        shop.live(partial(_archive_and_pay, number=number))
        recorder().recorder_dies(0, 0)
    shop.live(Till.recover)


def _archive_and_pay(till: Till, *, number: int) -> None:
    till.recover()
    till.pay(3)
    place = till.journal.path
    now = datetime.now(UTC)
    with suppress(JournalError):
        archive(
            place,
            place.with_name(f"{ARCHIVE}{number}.db"),
            before=now + timedelta(days=1),
            projection=OPERATIONS,
            now=lambda: now,
        )
    till.pay()


Act = Callable[[Shop], None]

ACTS: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        payments,
        reopening,
        recovery,
        group_commits,
        made_anew,
        after_doubt,
        dying,
        full_disk,
        two_processes,
        archiving,
    )
}
