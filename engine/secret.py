"""A secret: usable, but not printable by accident."""

from __future__ import annotations


class Secret:
    """A key that never shows in a log, an error, a repr or a pickle. ``reveal`` is the one way to its text."""

    __slots__ = ("__text",)

    def __init__(self, text: str | None) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself; for signing and for the header that the protocol demands, nowhere else.

        Raises:
            ValueError: the settings were read for looking things up only, without their keys.
        """
        if self.__text is None:
            raise ValueError("this key was not read, because nothing was to be sent")
        return self.__text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")
