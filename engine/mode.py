"""The two modes in which an operation can be sent, and what a configuration can say of them."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """How an order is sent."""

    SYNC = "sync"
    """The connection stays open while the guest pays."""
    ASYNC = "async"
    """It is started, and then asked for until it has ended."""


class ModePolicy(StrEnum):
    """What the configuration says of a terminal."""

    SYNC = "sync"
    ASYNC = "async"
    AUTO = "auto"
    """Synchronous, unless the link keeps losing replies."""
