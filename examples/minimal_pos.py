"""The smallest POS: it lets guests pay, parks what is in doubt, and closes the day.

python minimal_pos.py tillproof.toml bar, and then a line for each wish:

    pay BILL TABLE AMOUNT      such as: pay 1042 12 125.00
    close
"""

from __future__ import annotations

import sys
from itertools import count

import tillproof

CURRENCY = "NOK"
LANGUAGE = "en"  # of the cashier: en, sv, nb, da or fi


def attempt_of(till: tillproof.Till, bill: str) -> str:
    """The reference to pay this bill under: a new one only after an attempt that certainly moved no money.

    The journal knows it, so this holds also after the POS was killed.
    """
    for number in count(1):
        reference = f"bill-{bill}/{number}"
        try:
            earlier = till.outcome_of(reference)
        except tillproof.UnknownReference:
            return reference
        if isinstance(earlier, tillproof.Approved | tillproof.InDoubt) or earlier.alarm is not None:
            return reference  # paid already, or perhaps: asked again under its own name it charges nobody
    raise AssertionError


def pay(till: tillproof.Till, terminal: str, bill: str, table: str, amount: str) -> None:
    """Let the guests of a table pay their bill, and tell the cashier what became of it."""
    reference = attempt_of(till, bill)
    try:
        outcome = till.pay(amount, CURRENCY, terminal=terminal, reference=reference, table=table)
    except tillproof.TableInDoubt as refused:  # another bill of these guests may be paid: nothing was sent
        print(f"refused {reference}: {refused.blocking.sentence(LANGUAGE)}")
    except tillproof.AnswerNotStored as unkept:  # the disk is broken, but the answer is here
        print(f"{unkept.outcome.word} {reference}: {unkept}")
    else:
        word = "parked" if isinstance(outcome, tillproof.InDoubt) else outcome.word
        print(f"{word} {reference}: {outcome.sentence(LANGUAGE)}")


def close(till: tillproof.Till, terminal: str) -> None:
    """Close the terminal's day, and say where its totals are not ours."""
    outcome = till.capture(terminal=terminal)
    print(f"{outcome.word}: {outcome.sentence(LANGUAGE)}")
    if isinstance(outcome, tillproof.Approved):
        for difference in till.day_close(outcome.reference).differences:
            print(f"somebody has to look: {difference}")


def main(config: str, terminal: str) -> None:
    """Do what stands in the lines of the input."""
    with tillproof.open(config) as till:
        till.on_settled(lambda outcome: print(f"settled {outcome.reference}: {outcome.sentence(LANGUAGE)}", flush=True))
        till.watch()  # goes on asking for what is parked
        for line in sys.stdin:
            try:
                match line.split():
                    case ["pay", bill, table, amount]:
                        pay(till, terminal, bill, table, amount)
                    case ["close"]:
                        close(till, terminal)
                    case _:
                        print("say: pay BILL TABLE AMOUNT, or: close")
            except (tillproof.TillproofError, tillproof.JournalError) as problem:
                print(f"not done: {problem}")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) == 3 else sys.exit(__doc__)
