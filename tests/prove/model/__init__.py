"""The model: the protocol in Promela, and every state that it can reach.

``till.pml`` holds tills, a terminal and the network; Spin visits every state, so what it does not find within the
bounds that are written there does not exist within them. ``docs/model.md`` says which process stands for which code,
and what was left out.

It cannot see a difference between the model and the code: that is what the simulation is for, which runs the shipped
code by chance instead of a model completely. What the till is configured to believe, and what the terminal really does,
are switches with the names of ``docs/configuration.md``; where the two differ, the search must find who suffers.

We also considered TLA+. Its checker needs Java, and Debian has no package of it; Spin is a package and a C compiler.
"""

from tests.prove.model.trial import PART

__all__ = ["PART"]
