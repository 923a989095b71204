"""A performance: a script played and audited in a folder that is gone afterwards; whatever was raised is a finding."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.prove.simulation.audit import Findings, audit
from tests.prove.simulation.play import Play
from tests.prove.simulation.script import Script


@contextmanager
def performance(script: Script, folder: Path) -> Iterator[tuple[Play, Findings]]:
    """The play at its end, with what it came to."""
    place = Path(tempfile.mkdtemp(prefix="seed-", dir=folder))
    play = Play(script, place)
    try:
        yield play, _findings(play)
    finally:
        play.close()
        shutil.rmtree(place)


def findings_of(script: Script, folder: Path) -> Findings:
    """Only what it came to."""
    with performance(script, folder) as (_, found):
        return found


def _findings(play: Play) -> Findings:
    try:
        play.perform()
        return audit(play)
    except Exception as error:  # noqa: BLE001 - the shipped code should have raised none of them
        return Findings(broken=[f"raised {type(error).__name__}: {error}"])
