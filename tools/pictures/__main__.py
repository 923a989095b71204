"""``python -m tools.pictures [NAME ...]``: take the pictures anew, all of them or these."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.pictures import SCENES, draw

_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def main(names: list[str]) -> int:
    """Write them; 2 where there is no such picture."""
    unknown = [name for name in names if name not in SCENES]
    if unknown:
        sys.stderr.write(f"error: no picture is called {unknown[0]!r}; give some of {', '.join(SCENES)}, or none\n")
        return 2
    _FOLDER.mkdir(exist_ok=True)
    for name in names or SCENES:
        scene = SCENES[name]
        (_FOLDER / f"{name}.svg").write_text(draw(name, scene.command, scene.show()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
