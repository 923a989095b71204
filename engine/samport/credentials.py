"""How the till shows who it is, and how it knows that a reply is the terminal's: one way for each generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.samport.freshness import Freshness, Newer
from engine.samport.signing import SignedReply, Trust, authorization, stamp_in, stamp_text, verify
from engine.samport.wire import Exchange, WireRequest
from engine.secret import Secret
from engine.settings import TerminalSettings


class Credentials(Protocol):
    """What a request carries, and what a reply must prove."""

    def headers(self, *, method: str, path: str, body: bytes, stamp_ms: int) -> Mapping[str, str]:
        """The headers that say who asks."""
        ...

    def trust(self, request: WireRequest, exchange: Exchange) -> Trust:
        """Whether a reply is the terminal's, and no old one. Ask once for each reply: it is then no new one any more.

        Raises:
            Unconfirmed: it cannot be found out.
        """
        ...


def credentials_of(settings: TerminalSettings, newer: Newer) -> Credentials:
    """The credentials that a terminal's release asks for."""
    if settings.release.signs:
        freshness = Freshness(settings.name, newer) if settings.reply_stamps_rise else None
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

    def trust(self, request: WireRequest, exchange: Exchange) -> Trust:
        """By the hash of the reply, over the method and path of its request; then by its stamp."""
        if exchange.status is None:
            return Trust.UNSIGNED
        reply = SignedReply(method=request.method, path=request.path, status=exchange.status, body=exchange.body)
        header = exchange.headers.get("server-authorization", "")
        trust = verify(self._secret_key, header, reply)
        if trust is not Trust.AUTHENTIC or self._freshness is None:
            return trust
        return self._freshness.trust(stamp_in(header))


class IntegrationKeyOnly:
    """v1: the certificate of the connection is all the proof there is; nobody else could have answered on it."""

    def __init__(self, integration_key: Secret) -> None:
        self._integration_key = integration_key

    def headers(self, *, method: str, path: str, body: bytes, stamp_ms: int) -> Mapping[str, str]:  # noqa: ARG002
        """The integration key; there is nothing to sign with, and so no stamp that a terminal could check."""
        return {"Integration-Key": self._integration_key.reveal()}

    def trust(self, request: WireRequest, exchange: Exchange) -> Trust:  # noqa: ARG002 - the connection vouches
        """Whatever came over the verified connection is the terminal's."""
        return Trust.UNSIGNED if exchange.status is None else Trust.AUTHENTIC
