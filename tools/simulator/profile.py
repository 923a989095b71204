"""The releases of the terminal's software that can be played, and what each can do."""

from enum import StrEnum, unique


@unique
class Profile(StrEnum):
    """A release of the v2 API (`protocol.md`, Generations); the v1 generation comes later."""

    V2_0 = "2.0"
    V2_1 = "2.1"
    V2_2 = "2.2"

    @property
    def status_repeatable(self) -> bool:
        """The status and the dialog of an operation are answered again after its end (2.1)."""
        return self is not Profile.V2_0

    @property
    def dialogs_without_id(self) -> bool:
        """`GET /Dialogs` exists (2.1)."""
        return self is not Profile.V2_0

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
