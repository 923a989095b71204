"""The releases of the terminal's software that can be played, and what each can do."""

from enum import StrEnum, unique


@unique
class Profile(StrEnum):
    """A release of the API (`protocol.md`, Generations)."""

    V1 = "1.x"
    V2_0 = "2.0"
    V2_1 = "2.1"
    V2_2 = "2.2"

    @property
    def base(self) -> str:
        """What every path begins with."""
        return "/api/v1" if self is Profile.V1 else "/api/v2"

    @property
    def keyed_hash(self) -> bool:
        """Requests are signed and stamped, and replies signed (2.x); before that TLS stood for both."""
        return self is not Profile.V1

    @property
    def wrong_key_status(self) -> int:
        """What a request without the right key hears (HTTP statuses: 1.x says 400 to bad credentials)."""
        return 400 if self is Profile.V1 else 401

    @property
    def status_repeatable(self) -> bool:
        """The status and the dialog of an operation are answered again after its end (2.1)."""
        return self in {Profile.V2_1, Profile.V2_2}

    @property
    def dialogs_without_id(self) -> bool:
        """`GET /Dialogs` exists (2.1)."""
        return self in {Profile.V2_1, Profile.V2_2}

    @property
    def read_card(self) -> bool:
        """ReadCard exists (2.1)."""
        return self in {Profile.V2_1, Profile.V2_2}

    @property
    def modeless_abort(self) -> bool:
        """`POST /Aborts` exists (2.2)."""
        return self is Profile.V2_2

    @property
    def outcome_description(self) -> bool:
        """Replies carry `outcomeDescription` (2.2)."""
        return self is Profile.V2_2

    @property
    def embedded_plain(self) -> bool:
        """Receipts carry `embeddedPlain`, and `receiptWidth` is followed (2.2)."""
        return self is Profile.V2_2
