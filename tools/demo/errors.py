"""What can keep a demo from being played. What the audit finds is no error: it is the result."""

from __future__ import annotations


class DemoError(Exception):
    """The demo itself broke down, so it shows nothing; the message says where."""


class ChildFailed(DemoError):
    """A process of the demo ended by itself, with an error or too early; the end of its log is in the message."""


class ChildSilent(DemoError):
    """A process of the demo said nothing for too long; it was stopped."""


class WrongTurn(DemoError, ValueError):
    """A number that no demo can be played with; the message says which numbers can be."""
