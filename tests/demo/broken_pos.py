"""A POS that falls over by itself."""

from __future__ import annotations

raise SystemExit("this POS has a hole in it")
