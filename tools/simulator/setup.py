"""What a terminal is before anything happens: its `[terminal]` table, and its assumptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints

from tools.simulator.assumptions import Assumptions
from tools.simulator.profile import Profile
from tools.simulator.table import Table

_LAST_PORT = 65_535
_MAKE_ONE = (
    "name a PEM file; `openssl req -x509 -newkey rsa:2048 -nodes -days 7300 -subj /CN=terminal "
    "-keyout key.pem -out certificate.pem` makes one"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One terminal: where it listens, which release it plays, and in which variables its keys stand."""

    name: str
    host: str
    port: int
    admin_port: int | None
    profile: Profile
    integration_key_env: str
    secret_key_env: str
    first_receipt: int
    skew_s: float
    certificate: tuple[Path, Path] | None
    assumptions: Assumptions

    def url(self, port: int) -> str:
        """Return the base of its paths, at the port that it got."""
        return f"{'http' if self.certificate is None else 'https'}://{self.host}:{port}{self.profile.base}"


def read_setups(document: Table, *, folder: Path) -> Sequence[Setup]:
    """Read `[terminal]`, or several `[[terminal]]`; paths are relative to the folder."""
    several = isinstance(document.value("terminal", {}), list)
    tables = document.tables("terminal") if several else [document.table("terminal")]
    setups: list[Setup] = []
    for table in tables:
        name = table.text("name", "simulator")
        if name in [setup.name for setup in setups]:
            table.refuse("name", "give each terminal a name of its own")
        setups.append(_setup(table, name, folder))
        table.finish()
    return setups or document.refuse("terminal", "write at least one terminal")


def _setup(table: Table, name: str, folder: Path) -> Setup:
    profile = table.member("profile", Profile, Profile.V2_2)
    return Setup(
        name=name,
        host=table.text("host", "127.0.0.1"),
        port=_port(table, "port"),
        admin_port=_port(table, "admin_port") if table.has("admin_port") else None,
        profile=profile,
        integration_key_env=table.text("integration_key_env", "TILLPROOF_INTEGRATION_KEY"),
        secret_key_env=table.text("secret_key_env", "TILLPROOF_SECRET_KEY"),
        first_receipt=table.whole("first_receipt", 1, least=1),
        skew_s=table.number("skew_s", 0.0, least=None),
        certificate=_certificate(table, folder, needed=not profile.keyed_hash),
        assumptions=read_assumptions(table.table("assumptions")),
    )


def _port(table: Table, name: str) -> int:
    found = table.whole(name, 0)
    return found if found <= _LAST_PORT else table.refuse(name, f"write a port up to {_LAST_PORT}; 0 takes a free one")


def _certificate(table: Table, folder: Path, *, needed: bool) -> tuple[Path, Path] | None:
    """A 1.x terminal speaks TLS; any other may."""
    if not needed and not table.has("certificate") and not table.has("certificate_key"):
        return None
    files = [folder / table.text(name, "") for name in ("certificate", "certificate_key")]
    for name, file in zip(("certificate", "certificate_key"), files, strict=True):
        if not file.is_file():
            table.refuse(name, _MAKE_ONE)
    return files[0], files[1]


def read_assumptions(table: Table) -> Assumptions:
    """Read the switches by their names; the text "none" is no limit where there may be none."""
    hints = get_type_hints(Assumptions)
    given: dict[str, Any] = {name: _switch(table, name, hint) for name, hint in hints.items() if table.has(name)}
    table.finish()
    try:
        return Assumptions(**given)
    except ValueError as problem:
        return table.refuse(next(name for name in given if name in str(problem)), str(problem))


def _switch(table: Table, name: str, hint: Any) -> object:  # noqa: ANN401 - a type, or a union of two
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return table.member(name, hint, "")
    if hint is bool:
        return table.flag(name, usual=False)
    if hint is int:
        return table.whole(name, 0)
    if hint is str:
        return table.text(name, "")
    if hint is not float and table.value(name, 0.0) == "none":
        return None
    return table.number(name, 0.0)
