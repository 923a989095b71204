"""Pictures of the terminal for the documents: ``python -m tools.pictures`` takes them all anew.

Each shows what a command really printed into a pseudo terminal of 80 columns, beside a simulated card terminal. Nothing
is drawn by hand, because a picture that is drawn shows the words of the year before last.

This room knows the command line, the door and the simulator; nothing needs it but the documents.
"""

from tools.pictures.picture import draw, words
from tools.pictures.scenes import SCENES, Scene, demo
from tools.pictures.screen import Screen, printed_by

__all__ = ["SCENES", "Scene", "Screen", "demo", "draw", "printed_by", "words"]
