"""How the till shows who it is, and how it knows that a reply is the terminal's: one way for each generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.samport.freshness import Freshness, Heard
from engine.samport.signing import SignedReply, Trust, authorization, stamp_in, stamp_text, verify
from engine.samport.wire import Exchange, WireRequest
from engine.secret import Secret
from engine.settings import TerminalSettings


class Credentials(Protocol):
    """What a request carries, and what a reply must prove."""

    def headers(self, *, method: str, path: str, body: bytes, stamp_ms: int) -> Mapping[str, str]:
        """The headers that say who asks."""
        ...

    def before(self) -> int:
        """What had been heard when a request leaves: for ``trust``.

        Raises:
            NotDelivered: it cannot be found out, so nothing may leave.
        """
        ...

    def trust(self, request: WireRequest, exchange: Exchange, before: int) -> Trust:
        """Whether a reply is the terminal's, and newer than what had been heard when its request left.

        Raises:
            Unconfirmed: it cannot be found out.
        """
        ...


def credentials_of(settings: TerminalSettings, heard: Heard) -> Credentials:
    """The credentials that a terminal's release asks for."""
    if settings.release.signs:
        freshness = Freshness(settings.name, heard) if settings.reply_stamps_rise else None
        return KeyedHash(settings.integration_key, settings.secret_key, freshness)
    return IntegrationKeyOnly(settings.integration_key)


class KeyedHash:
    """v2: requests and replies are signed with the secret key (``protocol.md``, *Keyed hash*).

    Without ``freshness`` an old reply is believed as a new one is.
    """

    def __init__(self, integration_key: Secret, secret_key: Secret, freshness: Freshness | None) -> None:
        self._integration_key = integration_key
        self._secret_key = secret_key
        self._freshness = freshness

    def headers(self, *, method: str, path: str, body: bytes, stamp_ms: int) -> Mapping[str, str]:
        """Integration key, stamp and hash."""
        stamp = stamp_text(stamp_ms)
        return {
            "Authorization": authorization(self._secret_key, stamp=stamp, method=method, path=path, body=body),
            "Integration-Key": self._integration_key.reveal(),
        }

    def before(self) -> int:
        """The newest stamp that was believed."""
        return -1 if self._freshness is None else self._freshness.before()

    def trust(self, request: WireRequest, exchange: Exchange, before: int) -> Trust:
        """By the hash of the reply, over the method and path of its request; then by its stamp."""
        if exchange.status is None:
            return Trust.UNSIGNED
        reply = SignedReply(method=request.method, path=request.path, status=exchange.status, body=exchange.body)
        header = exchange.headers.get("server-authorization", "")
        trust = verify(self._secret_key, header, reply)
        if trust is not Trust.AUTHENTIC or self._freshness is None:
            return trust
        return self._freshness.trust(stamp_in(header), before)


class IntegrationKeyOnly:
    """v1: the certificate of the connection is all the proof there is; nobody else could have answered on it."""

    def __init__(self, integration_key: Secret) -> None:
        self._integration_key = integration_key

    def headers(self, *, method: str, path: str, body: bytes, stamp_ms: int) -> Mapping[str, str]:  # noqa: ARG002
        """The integration key; there is nothing to sign with, and so no stamp that a terminal could check."""
        return {"Integration-Key": self._integration_key.reveal()}

    def before(self) -> int:
        """Nothing can be old that came over the connection."""
        return -1

    def trust(self, request: WireRequest, exchange: Exchange, before: int) -> Trust:  # noqa: ARG002 - the connection vouches
        """Whatever came over the verified connection is the terminal's."""
        return Trust.UNSIGNED if exchange.status is None else Trust.AUTHENTIC
