"""A picture: what stood on a screen, as SVG; and back from the picture to its words."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.text import Text

from tools.pictures.screen import WIDTH

_LOADED_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Rich has the reader's browser fetch a font from a stranger; any font of fixed width will do."""

_FONT = "Menlo, Consolas, DejaVu Sans Mono"
_COLUMN = 12.2
"""How far apart rich puts two letters."""


def draw(name: str, command: str, shown: str) -> str:
    """A command and what it showed, as SVG. The same in gives the same out."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text(f"$ {command}", style="bold"))
    for line in shown.split("\n"):
        console.print(Text.from_ansi(line), no_wrap=True, overflow="crop", crop=True)
    picture = console.export_svg(title=f"tillproof {name}", unique_id=name)
    return _LOADED_FONT.sub("", picture).replace("Fira Code", _FONT) + "\n"


def words(picture: str) -> list[str]:
    """The lines that stand in a picture."""
    lines: dict[float, str] = defaultdict(str)
    for text in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314 - our own file
        if "clip-path" in text.attrib:
            y, column = float(text.attrib["y"]), round(float(text.attrib["x"]) / _COLUMN)
            lines[y] = lines[y].ljust(column) + (text.text or "").replace("\xa0", " ")
    return [line.rstrip() for _, line in sorted(lines.items())]
