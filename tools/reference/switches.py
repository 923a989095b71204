"""The page of switches: what is assumed of a terminal, one by one, and what happens to the money where it is not so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from engine import TERMINAL_SETTINGS
from tools.reference.configuration import default_of
from tools.reference.markdown import Lines, heading

_MODEL = Path(__file__).resolve().parents[2] / "docs" / "model.md"

_SWITCHES = """
Much of what a terminal does is not published. What this engine leans on all the same is a setting of its own in
`[terminals.NAME]`, so that it can be put right when a terminal turns out to be otherwise; the others stand in
[the configuration](configuration.md).

*INFERRED* is what follows from what is known, *OPEN* what was chosen because nothing is known. *Set wrongly* says what
becomes of the money, in each direction, the dearest first. Where [the model](model.md) has the assumption, it was
searched without it, and the assertion that then fails is named; that each was found is counted in
[the evidence](evidence.md).

**Ask the vendor, before the first guest pays.** Trying a terminal shows some of this and never all of it: what is rare
does not happen while somebody looks.
"""

WRONG: Mapping[str, str] = {
    "fence": "`true`, but stamps are not checked on arrival, or are forgotten in a restart: an order that was stuck on "
    'the way is performed after it was told as "not performed". The guest is charged, and the next look shouts it as '
    "a late success. `false`, but they are checked: every such answer waits for the end of `grace_s`.",
    "idle_by_dialogs": '`true`, but nothing is shown while a guest is at it: he pays after "not performed" was told. '
    "`false`, but it is so: such an answer waits for the end of `grace_s`.",
    "grace_s": "Too short, where there is no fence or nothing tells of idleness: an order still arrives, or still "
    'runs, after "not performed" was told, and the guest pays. Too long: a doubt takes longer to end.',
    "reboot_s": "Too long, because the terminal restarts faster: a memory that a restart has wiped is taken for one in "
    'which nothing was, and a guest who paid is told as "not performed". Too short: more doubts go to a person.',
    "wiped_whole": "`true`, but a restart wipes only a part: the memory of another kind of operation vouches for one "
    'that is gone, and a guest who paid is told as "not performed". `false`, but it is so: more doubts go to a person.',
    "shared": "`false`, but another till uses the terminal: what it did last is not recognised, and more doubts go to "
    "a person. `true`, but nobody does: one question more before each operation.",
    "amount_unit": "The other unit: every guest pays a hundred times too much, or too little, and the reply, which is "
    "read in the same unit, agrees. Look at the terminal's screen when the first amount is sent.",
    "reply_stamps_rise": "`true`, but they do not rise: true replies are not believed, and every operation stays in "
    "doubt until they do. `false`, but they do: an old reply that somebody recorded and plays again is believed.",
    "async_id_in_path": "Where the other is so: an asynchronous order is refused, or runs under an id that is not "
    "ours, and ends in doubt. It shows at the first one, and nothing is sent again.",
    "abort_path": "The other one: an abort is taken for one that came too late, and the guest goes on. No money is at "
    "stake.",
    "read_card_path": "Another one: no card is read. No money is at stake.",
    "print_path": "Another one: nothing is printed. No money is at stake.",
}
"""What becomes of the money where a switch says what is not so; what costs most stands first."""


def switches() -> Lines:
    """``docs/switches.md``: every assumption about a terminal that is a setting."""
    yield from heading("Switches", _SWITCHES)
    searched = _searched()
    for name, wrong in WRONG.items():
        yield f"## `{name}`"
        yield ""
        yield f"{TERMINAL_SETTINGS[name].meaning} Default: {default_of(name, TERMINAL_SETTINGS) or 'none'}."
        yield ""
        yield f"- **Set wrongly.** {wrong}"
        yield f"- **In the model.** {searched.get(name, 'Not in it.')}"
        yield ""


def _searched() -> Mapping[str, str]:
    """What the page of the model says of each setting: the assertion that fails where the assumption does not hold."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]* \| [^|]* \| ([^|]*) \|$", _MODEL.read_text("utf-8"), flags=re.MULTILINE)
    return {name: f"{_capital(failing.strip())}." for name, failing in rows if name in TERMINAL_SETTINGS}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
