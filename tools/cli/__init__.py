"""The command line: what people, and tills written in other languages, ask of Tillproof.

This room knows arguments, sentences, columns, exit codes and JSON. It must not decide anything about money: it asks
the door, and says what the door said. Heavy libraries are imported inside the commands that need them, so that
``tillproof --help`` is there at once.

We also considered commands that print as they go. A command now makes its whole output and prints it once, because
half a JSON document is worse than none, and because a closed pipe must not change what an exit code says of money.
"""

from tools.cli.exits import ERRORS, MEANINGS, Exit
from tools.cli.program import main

__all__ = ["ERRORS", "MEANINGS", "Exit", "main"]
