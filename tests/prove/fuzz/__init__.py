"""The fuzzing of everything that reads what others wrote.

What is tried. Replies of the terminal, from bytes to the judged outcome that is stored; the signatures in their
headers; texts with card numbers; amounts and names of bills; configurations; and the files of a journal with bytes
changed or cut off. Every reader may raise the errors that it declares and no other, and may take a second at most.

How. Atheris (libFuzzer) keeps inputs that reach new code and changes them further; it begins with real replies of the
simulated terminal. A finding is told with the very bytes; one that took too long is read again alone, so that a busy
machine is no finding. Planted are a reader that forgets a field, one that never ends, and one that goes too deep.

What it cannot see. A reader that gives back something wrong and raises nothing: for that are the tests of each room.

We also considered Hypothesis, which writes better examples and a hundred times fewer of them.
"""

from tests.prove.fuzz.part import PART

__all__ = ["PART"]
