"""The network: real sockets, and a proxy between till and terminal that does to their bytes what networks do.

Every fault meets every operation in both modes. The till is the shipped one, opened as a program opens it; the terminal
is the simulator behind its own server; the proxy stands between them, on loopback. After each fault the line is sound
again, recovery is asked, and the terminal's ledger says whether the till's word is true. On the way every exchange is
timed against its own deadline, and every order is counted as it passes: one operation, at most one order.

It cannot see what an operating system or a switch does below TCP: lost and reordered packets end there as delays,
resets and silence, and those are played. It has one line at a time; many at once are for the crowd.

We also considered network namespaces with packet filters. They need root, and give the same resets and silences
without being able to say at which byte.
"""

from tests.prove.network.trial import PART

__all__ = ["PART"]
