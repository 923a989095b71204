"""The simulation: millions of payments in virtual time, in which nearly everything goes wrong, audited by the ledgers.

What is tried. The shipped engine, recovery, protocol code and journal, the journal in a real SQLite file, at simulated
terminals. One till or two, on one journal or on two, with one cashier or two, at one terminal or two; all four
releases, both modes, and the unpublished behaviour of the terminal in whatever positions a till can be configured for.
Each seed is a script of sixty deeds, and each deed has mishaps that hang on its effects: a write, an exchange, a wait.
Lines lose, delay, double, garble, forge and replay; processes are killed and machines go dark before, during and after
any effect, those of recovery included; terminals restart, clocks jump, disks refuse, neighbours pay, somebody presses
the same key twice or asks for an abort.

How. Everybody is a greenlet on one timeline, so a seed is the same story every time. After a long calm every till
recovers, and then the terminals' ledgers say whether a bill was paid twice, a paid one was lost, somebody was told what
is not true, something is stuck, or a person was asked without a cause in the world. A failing seed is cut down to the
deeds and mishaps that it takes, and told as a story; ``python -m tests.prove.simulation SEED`` tells it again.

What it cannot see. Threads: greenlets change only at effects, never between two instructions. The system calls below
the journal: the parts *kill*, *power* and *disk* are for them. Sockets: the part *network*. Receipts, which are blank
here. A till that is configured for another terminal than it has; which ones are left out, and why, is in ``scene.py``.
Recovery asks its terminals one after the other here, and not at once. Wall clocks are wrong by minutes, not by hours: a
terminal refuses a stamp that is a quarter of an hour off, and then nobody can pay. Whoever replays a reply plays one
that was heard; to hold one back and let nothing newer through before it is beyond him.

A million payments take half an hour on two cores. Ten million are ten runs, with other seeds each, which the page adds
up: ``for seed in $(seq 2 11); do python -m tests.prove --slice long --part simulation --seed $seed; done``.

We also considered threads that hand over a baton, which needs no greenlets and takes ten times as long for each
change of turns; and Hypothesis, which shrinks better and makes no million payments in a quarter of an hour.
"""

from tests.prove.simulation.trial import PART

__all__ = ["PART"]
