"""Security: what somebody in the network, at the till or with a stolen disk can do, tried. See docs/security.md.

Three trials. **Forgeries**: a line in the hand of a forger, who hears everything and does not know the secret key,
delivers forged, altered, replayed and stale replies to the shipped terminal code; none may be believed. True replies
come in between and must be, because a till that believes nothing would pass as well. **Leaks**: terminals put card
numbers, and the keys that they were sent, into every text; everything that the till writes, prints or shows is then
searched by a scanner that must find planted ones. **Rights**: whatever the till makes is for its owner only, under any
umask.

What it cannot see: a forger who breaks SHA-256 or knows the key; one who holds *new* replies back and delivers them
late, each once and in their order, which no hash of this protocol can tell from a slow network; what the operating
system shows of a process's memory.

We also considered to let the forger work on real sockets only. What HTTP could do to the header of a signature is tried
there (``test_over_sockets.py``); a million replies over sockets would try the network and not the judging. And timing
the comparison: on a shared machine such a test finds noise, so the source is read instead (``tests/test_security.py``).
"""

from tests.prove.security.trial import PART

__all__ = ["PART"]
