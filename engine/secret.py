"""A secret: usable, but not printable by accident."""

from __future__ import annotations


class Secret:
    """A key that never shows in a log, an error, a repr or a pickle. ``reveal`` is the one way to its text."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself; for signing and for the header that the protocol demands, nowhere else."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")
