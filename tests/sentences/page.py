"""``docs/sentences.md``: how the sentences are used and corrected, and all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from engine import Kind, Outcome, outcome_of
from engine.language import Language
from tests.sentences.situations import DAY, situations

PAGE = Path(__file__).parents[2] / "docs" / "sentences.md"

_HEAD = """\
# Sentences for the cashier

<!-- Printed from the code by `python -m tests.sentences`; do not edit. -->

Every outcome says what happened to the money and what to do next:

```python
outcome = till.pay("125.00", "NOK", terminal="bar", reference="bill-1042/1")
show_to_the_cashier(outcome.sentence("sv"))
```

The languages are English (`en`), Swedish (`sv`), Norwegian (`nb`, also `no` and `nn`), Danish (`da`) and Finnish
(`fi`). A country and an encoding are let pass, as in `sv-SE` or `sv_SE.UTF-8`; for any other language `sentence` raises
`BadInput`, which names these five.

- Times are those of the machine's zone. What did not happen today is told with its date.
- Where the terminal's reply told it at once, the time stands with what happened. Where the till or a person had to
  find it out, the time is that of finding out, and the sentence says who did. In doubt it is the time when it was begun
  here.
- The amount is what the terminal says was moved, with the tip, where it says so.
- While an alarm is open, the sentence tells what the terminal showed, and calls for somebody who decides.
- "The till will ask the terminal again by itself" holds all the time where `till.watch()` is running, and everywhere at
  the latest when the next operation begins on that terminal. A program that ends now, as the commands do, takes
  `sentence("sv", asks_again=False)`: it names `tillproof recover` instead.
- `outcome.reason` is another thing: English, and for the technician.

## To correct a translation

The texts are in `engine/sentences/catalogues/`, a `.po` file for each language; edit it with a text editor or any
gettext editor, then run `python -m tests.sentences`. It complains about what is missing, marked as a guess, left over,
fills in something else, has gained or lost a *not*, or has letters that a Windows till cannot show; it compiles the
files for the till (`.mo`) and prints this page. English stands in `engine/sentences/wording.py`; a text changed there
has to be translated anew. A new language is a new member of `Language` in `engine/language.py`, and its negations in
`tests/sentences/complaints.py`.
"""


def page() -> str:
    """The text of the page."""
    return "\n".join([_HEAD, *_tables()])


def _tables() -> Iterator[str]:
    for language in Language:
        yield f"## {language.name.capitalize()}: `{language}`"
        yield ""
        for kind in Kind:
            yield f"| {kind} | evidence | sentence |"
            yield "|---|---|---|"
            yield from (f"| {' | '.join(row)} |" for row in _rows(kind, language))
            yield ""


def _rows(kind: Kind, language: Language) -> Iterator[tuple[str, str, str]]:
    """What is told in the same words stands in one row, with every evidence that it is told on."""
    evidence: dict[tuple[str, str], dict[str, None]] = {}
    for outcome in map(outcome_of, situations(kind)):
        needs_person = getattr(outcome, "needs_person", False)
        mark = ", needs a person" if needs_person else ", alarm" if outcome.alarm is not None else ""
        told = f"{outcome.word}{mark}", outcome.sentence(language, today=DAY)
        evidence.setdefault(told, {})[outcome.evidence] = None
    # By outcome, as the engine has them.
    for word in (each.word for each in get_args(Outcome)):
        for (name, sentence), basis in evidence.items():
            if name.partition(",")[0] == word:
                yield f"`{word}`{name.removeprefix(word)}", ", ".join(basis), sentence
