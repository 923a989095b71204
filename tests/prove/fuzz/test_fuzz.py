"""What could silently lie in fuzzing: a finding that is not told, a seed that reaches nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.prove.fuzz import seeds
from tests.prove.fuzz.fuzzing import Batch, Found, fuzz
from tests.prove.fuzz.targets import TARGETS, reply


@pytest.mark.parametrize(
    ("codes", "executed", "stalls", "found"),
    [
        ([0], 10, 0, False),
        ([77], 10, 0, True),
        ([70, 0, 0], 20, 1, False),
        ([70, 70], 10, 0, True),
        ([-11], 10, 0, True),
    ],
    ids=["clean", "error", "a stall of the machine", "hang", "crash"],
)
def test_whatever_is_no_clean_end_is_a_finding_but_for_a_stall(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, codes: list[int], executed: int, stalls: int, found: bool
) -> None:
    """A text that took a second is read again alone; only if it is read at once then, the machine is to blame."""
    script = iter(codes)

    class Ended:
        stderr = "stat::number_of_executed_units: 10\n"
        stdout = ""

        def __init__(self, code: int) -> None:
            self.returncode = code

    def run(command: list[str], **_: object) -> Ended:
        for option in command:
            if option.startswith("-artifact_prefix=") and "again" not in option:
                (Path(option.removeprefix("-artifact_prefix=")) / "timeout-1").write_bytes(b"text")
        return Ended(next(script))

    monkeypatch.setattr("subprocess.run", run)
    runs = 20 if stalls else 10
    told = fuzz(Batch(target="replies", runs=runs, seed=1, longest=9, folder=tmp_path))
    assert (told.executed, told.stalls, told.problem is not None) == (executed, stalls, found)
    assert isinstance(told, Found)


def test_the_seeds_reach_the_depth_of_what_they_are_for(tmp_path: Path) -> None:
    """Real replies with our id are among the seeds, and a configuration that is read without a complaint."""
    bodies = [json.loads(seed[2:]) for seed in seeds.replies() if seed[2:3] == b"{" and len(seed) < 2000]
    outcomes = {body.get("transactionOutcome") for body in bodies}
    assert {"Approved", "Declined", "Cancelled"} <= outcomes
    ours = [body for body in bodies if body.get("customData", {}).get("tillproofOperationId") == seeds.OURS]
    assert ours
    reply(b"\0\0" + json.dumps(ours[0]).encode())
    for name, target in TARGETS.items():
        folder = tmp_path / name
        folder.mkdir()
        read = target.made(folder)
        for seed in target.seeds():
            read(seed)
