"""One table of a script or of a command: read key by key, and refused if a key is left over."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Never, TypeVar

from tools.simulator.errors import ScriptRefused

_E = TypeVar("_E", bound=StrEnum)


class Table:
    """Keys and values as TOML or JSON has them. Every refusal names the key, what it holds and what to write.

    `where` stands before the key, as `event[2].` does. Call `finish` when everything is read.
    """

    def __init__(self, found: Mapping[str, object], *, where: str = "") -> None:
        self._found = found
        self._where = where
        self._known: list[str] = []

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        self._known.append(name)
        return name in self._found

    def text(self, name: str, usual: str) -> str:
        """Read a text."""
        found = self.value(name, usual)
        return found if isinstance(found, str) else self.refuse(name, "write a text")

    def number(self, name: str, usual: float, *, least: float | None = 0.0) -> float:
        """Read a number that is not below `least`."""
        found = self.value(name, usual)
        if not isinstance(found, int | float) or isinstance(found, bool) or not abs(found) < float("inf"):
            return self.refuse(name, "write a number")
        return found if least is None or found >= least else self.refuse(name, f"write at least {least:g}")

    def whole(self, name: str, usual: int, *, least: int = 0) -> int:
        """Read a whole number that is not below `least`."""
        found = self.value(name, usual)
        if not isinstance(found, int) or isinstance(found, bool) or found < least:
            return self.refuse(name, f"write a whole number of at least {least}")
        return found

    def flag(self, name: str, *, usual: bool) -> bool:
        """Read true or false."""
        found = self.value(name, usual)
        return found if isinstance(found, bool) else self.refuse(name, "write true or false")

    def share(self, name: str) -> float:
        """Read a share from 0 to 1."""
        found = self.number(name, 0.0)
        return found if found <= 1 else self.refuse(name, "write a share from 0 to 1")

    def span(self, name: str, usual: tuple[float, float]) -> tuple[float, float]:
        """Read a number of seconds, or the least and the most of them."""
        match self.value(name, list(usual)):
            case [int() | float() as least, int() | float() as most] if 0 <= least <= most < float("inf"):
                return least, most
            case int() | float() as same if 0 <= same < float("inf"):
                return same, same
            case _:
                return self.refuse(name, "write seconds, or [least, most]")

    def weights(self, name: str, usual: Mapping[str, float]) -> Mapping[str, float]:
        """Read a table of weights, of which at least one is more than nothing."""
        found = self.value(name, usual)
        if not isinstance(found, Mapping) or not all(_is_weight(weight) for weight in found.values()):
            return self.refuse(name, "write a table of numbers")
        return found if any(found.values()) else self.refuse(name, "give something a weight")

    def texts(self, name: str) -> list[str]:
        """Read a list of texts."""
        found = self.value(name, [])
        if not isinstance(found, list):
            return self.refuse(name, "write a list of texts")
        return [item if isinstance(item, str) else self.refuse(name, "write a list of texts") for item in found]

    def member(self, name: str, names: type[_E], usual: str) -> _E:
        """Read one of the words of an enumeration."""
        found = self.text(name, usual)
        return names(found) if found in set(names) else self.refuse(name, f"write one of {', '.join(names)}")

    def table(self, name: str) -> "Table":
        """Read a table; without it, an empty one."""
        found = self.value(name, {})
        if not isinstance(found, dict):
            return self.refuse(name, "write a table")
        return Table(found, where=f"{self._where}{name}.")

    def tables(self, name: str) -> "list[Table]":
        """Read a list of tables."""
        found = self.value(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            return self.refuse(name, f"write [[{name}]] tables")
        return [Table(item, where=f"{self._where}{name}[{n}].") for n, item in enumerate(found, start=1)]

    def value(self, name: str, usual: object) -> object:
        """Read anything."""
        self._known.append(name)
        return self._found.get(name, usual)

    def refuse(self, name: str, remedy: str) -> Never:
        """Refuse a key for what it holds."""
        raise ScriptRefused(key=f"{self._where}{name}", value=self._found.get(name), remedy=remedy)

    def finish(self) -> None:
        """Refuse whatever was not asked for: a typo must not pass for a wish."""
        for name in self._found:
            if name not in self._known:
                self.refuse(name, f"take it out, or write one of {', '.join(dict.fromkeys(self._known))}")


def _is_weight(found: object) -> bool:
    return isinstance(found, int | float) and 0 <= found < float("inf")
