"""The configuration and its keys: there, and usable? No key is ever told, only where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from engine import BadInput
from tools.doctor.line import Line, failure, good, unchecked
from tools.doctor.patient import Patient


def configuration(patient: Patient) -> Iterator[Line]:
    """Whether the file can be read and means something."""
    if patient.refusal is None:
        names = ", ".join(patient.terminals)
        yield good("configuration", f"{patient.config}, terminals: {names}", measured={"file": str(patient.config)})
        return
    finding, remedy = parted(patient.refusal)
    yield failure("configuration", finding, remedy, measured={"file": str(patient.config)})


def keys(patient: Patient, terminal: str) -> Iterator[Line]:
    """Whether the keys of a terminal are where the configuration says."""
    try:
        settings = patient.with_keys(terminal)
    except BadInput as error:
        finding, remedy = parted(str(error).removeprefix(f"{patient.config}: "))
        yield failure("keys", finding, remedy, about=terminal)
        return
    table = patient.table(terminal)
    names = ("integration_key", "secret_key") if settings.release.signs else ("integration_key",)
    places = [f"{name.replace('_', ' ')} in {_place(table, name)}" for name in names]
    yield good("keys", f"{', '.join(places)}; not shown", about=terminal)


def keys_of_none(patient: Patient) -> Iterator[Line]:
    """What is said instead where there is no terminal to look at."""
    if not patient.terminals:
        yield unchecked("terminals", "keys and terminals: the configuration names none that can be used")


def _place(table: dict[str, object] | object, name: str) -> str:
    given = table if isinstance(table, dict) else {}
    return str(given.get(f"{name}_env") or given.get(f"{name}_file"))


def parted(message: str) -> tuple[str, str]:
    """A complaint and its remedy: by the rule of the house the remedy stands last, behind a semicolon."""
    finding, semicolon, remedy = message.rpartition("; ")
    return (finding, remedy) if semicolon else (message, "mend what it names")
