"""The environment of the process: proxies and authorities in it must change nothing."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import certifi

import tillproof
from tests.prove.network.desk import CERTIFICATE, Desk

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How many payments were tried, and what went wrong."""

    payments: int
    complaints: tuple[str, ...]


def tried(folder: Path) -> Tried:
    """Pay with a proxy in every variable, and authorities that would break, or let in, everything.

    At a terminal of each generation, and at two whose certificates the environment trusts and the till does not.
    """
    folder.mkdir(parents=True)
    broken = folder / "broken.pem"
    broken.write_text("no certificate", encoding="ascii")
    with _thief() as (port, visits):
        proxies = dict.fromkeys(_PROXIES, f"http://127.0.0.1:{port}")
        with mock.patch.dict(os.environ, {**proxies, "NO_PROXY": "", "no_proxy": ""}):
            trials = (
                _paid(folder / "v2", broken),
                _paid(folder / "v1", broken, certificate=CERTIFICATE),
                _let_in(folder / "stranger", CERTIFICATE, _another(folder)),
                _let_in(folder / "public", Path(certifi.where()), _another(folder)),
            )
            found = [told for trial in trials for told in trial]
        found += [f"{len(visits)} connections went to the proxy of the environment"] if visits else []
    return Tried(payments=len(trials), complaints=tuple(found))


def _paid(folder: Path, authorities: Path, certificate: Path | None = None) -> Iterator[str]:
    outcome = _outcome(folder, authorities, certificate)
    if outcome.word != "approved":
        yield f"with proxies in the environment a payment at {folder.name} is {outcome.word}: {outcome.reason}"


def _let_in(folder: Path, authorities: Path, certificate: Path) -> Iterator[str]:
    """A terminal whose certificate is not the configured one, though the environment trusts it."""
    outcome = _outcome(folder, authorities, certificate)
    if outcome.word != "not_performed":
        yield f"a terminal ({folder.name}) with another certificate was spoken to: {outcome.word}"


def _outcome(folder: Path, authorities: Path, certificate: Path | None) -> tillproof.Outcome:
    with (
        mock.patch.dict(os.environ, dict.fromkeys(_AUTHORITIES, str(authorities))),
        Desk(folder, certificate=certificate) as desk,
    ):
        return desk.till.pay("10.00", "NOK", terminal="bar", reference="bill")


def _another(folder: Path) -> Path:
    """One of the public authorities: a sound certificate, and not the terminal's."""
    text = Path(certifi.where()).read_text("ascii", errors="ignore")
    end = "-----END CERTIFICATE-----"
    file = folder / "another.pem"
    file.write_text(text[text.index("-----BEGIN CERTIFICATE-----") : text.index(end) + len(end)] + "\n", "ascii")
    return file


@contextmanager
def _thief() -> Iterator[tuple[int, list[object]]]:
    """A listener that counts who comes, and answers nothing."""
    visits: list[object] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, who = listener.accept()
                visits.append(who)
                line.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], visits
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(1)
