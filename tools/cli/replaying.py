"""The words around a replay: what to write, what to type, how it ended then, and what cannot be played."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.cli.errors import CommandError
from tools.cli.paper import paragraph

if TYPE_CHECKING:
    from tools.incident import Incident, Replay, Step

_HERE = ("integration_key_env", "secret_key_env", "integration_key_file", "secret_key_file", "url", "certificate")
"""Of a till's configuration, what has to be that of the one who plays."""


def load(path: str) -> tuple[Incident, Replay]:
    """Read a bundle, and translate it.

    Raises:
        CommandError: it is none that can be played; the sentence says why.
    """
    from tools.incident import NoBundle, read_incident, replay_of  # noqa: PLC0415 - heavy, and few replay anything

    try:
        incident = read_incident(Path(path))
        return incident, replay_of(incident)
    except NoBundle as refusal:
        raise CommandError(f"replay: {refusal}") from None
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
        # Its sums fit and its words do not: a stranger can write any list of sums.
        raise CommandError(
            f"replay: {path} holds no incident as `tillproof bundle` writes it; ask for it again"
        ) from None


def as_dict(incident: Incident, replay: Replay, terminals: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """For JSON."""
    return {
        "configuration": "\n".join(configuration(incident, terminals)),
        "steps": [step.as_dict() for step in replay.steps],
        "endings": [ending.as_dict() for ending in incident.endings],
        "untold": list(replay.untold),
    }


def lines(incident: Incident, replay: Replay, terminals: Sequence[Mapping[str, Any]]) -> list[str]:
    """For people. What is to be copied is not wrapped."""
    return [
        "",
        "In an empty folder, write this to tillproof.toml:",
        "",
        *(f"    {line}".rstrip() for line in configuration(incident, terminals)),
        "",
        "Then type, with the same keys in the environment as here:",
        "",
        *(line for step in replay.steps for line in _step(step)),
        "",
        "It ended like this, and should again:",
        "",
        *(paragraph(str(ending), first="    ") for ending in incident.endings),
        "",
        "Not played:",
        "",
        *(paragraph(sentence, first="    - ", rest="      ") for sentence in replay.untold),
    ]


def _step(step: Step) -> Iterator[str]:
    if step.at_s >= 1:
        yield f"    # {step.at_s:.0f} s after the first one"
    if step.note is not None:
        yield f"    # {step.note}"
    yield f"    {step.command}"


def configuration(incident: Incident, terminals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A till for the simulated terminals, with the settings of the one that it happened to."""
    yield 'journal = "tillproof.db"'
    for terminal in terminals:
        settings = incident.terminals.get(str(terminal["name"]), {})
        yield ""
        yield f"[terminals.{terminal['name']}]"
        yield f'url = "{terminal["url"]}"'
        yield f'integration_key_env = "{terminal["integration_key_env"]}"'
        if str(settings.get("api")) != "1":
            yield f'secret_key_env = "{terminal["secret_key_env"]}"'
        else:
            yield 'certificate = "certificate.pem"   # the one that you gave to the simulated terminal'
        yield from (f"{name} = {_toml(settings[name])}" for name in _settings() if name in settings)


def _settings() -> list[str]:
    """What may be taken over, in the order in which it is documented; a bundle may hold any name."""
    from engine import TERMINAL_SETTINGS  # noqa: PLC0415 - heavy

    return [name for name in TERMINAL_SETTINGS if name not in _HERE]


def _toml(value: object) -> str:
    # What JSON escapes in a text, TOML escapes the same way.
    return json.dumps(value if isinstance(value, bool | int | float) else str(value))
