"""A POS in asyncio: several terminals take payments at the same time, and the program goes on meanwhile.

python asyncio_pos.py tillproof.toml, and then a line for each wish:

    pay REFERENCE TABLE TERMINAL AMOUNT      such as: pay bill-1042 12 bar 125.00
    close TERMINAL
"""

from __future__ import annotations

import asyncio
import sys

import tillproof

CURRENCY = "NOK"
LANGUAGE = "en"  # of the cashier: en, sv, nb, da or fi


def tell(outcome: tillproof.Outcome) -> None:
    """Show the cashier what became of the money. A bill in doubt is parked: the watch goes on asking for it."""
    word = "parked" if isinstance(outcome, tillproof.InDoubt) else outcome.word
    print(f"{word} {outcome.reference}: {outcome.sentence(LANGUAGE)}", flush=True)


def settled(outcome: tillproof.Outcome) -> None:
    """Take a parked bill up again. This comes in the event loop, so it may touch all that the POS has."""
    print(f"settled {outcome.reference}: {outcome.sentence(LANGUAGE)}", flush=True)


async def do(till: tillproof.aio.Till, line: str) -> None:
    """Do one wish. Being cancelled would only end the waiting: what was begun is conducted to its end."""
    try:
        match line.split():
            case ["pay", reference, table, terminal, amount]:
                tell(await till.pay(amount, CURRENCY, terminal=terminal, reference=reference, table=table))
            case ["close", terminal]:
                await close(till, terminal)
            case _:
                print("say: pay REFERENCE TABLE TERMINAL AMOUNT, or: close TERMINAL", flush=True)
    except tillproof.TableInDoubt as refused:  # another bill of these guests may be paid: nothing was sent
        print(f"refused: {refused.blocking.sentence(LANGUAGE)}", flush=True)
    except (tillproof.TillproofError, tillproof.JournalError) as problem:
        print(f"not done: {problem}", flush=True)


async def close(till: tillproof.aio.Till, terminal: str) -> None:
    """Close the terminal's day, and say where its totals are not ours."""
    outcome = await till.capture(terminal=terminal)
    tell(outcome)
    if isinstance(outcome, tillproof.Approved):
        for difference in (await till.day_close(outcome.reference)).differences:
            print(f"somebody has to look: {difference}", flush=True)


async def main(config: str) -> None:
    """Begin each wish as its line comes, and wait for all of them at the end."""
    async with tillproof.aio.open(config) as till, asyncio.TaskGroup() as wishes:
        till.on_settled(settled)
        till.watch()
        while line := await asyncio.to_thread(sys.stdin.readline):
            wishes.create_task(do(till, line))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:])) if len(sys.argv) == 2 else sys.exit(__doc__)
