"""How something is called, with the annotations of its author; a parameter a line where one line would be too long."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 100

_STARS: Mapping[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def signature(name: str, function: Any) -> str:  # noqa: ANN401 - whatever can be called
    """``name(…) -> …``; without ``self``, which nobody gives."""
    described = inspect.unwrap(getattr(function, "__func__", function))
    told = list(_parameters(inspect.signature(described)))
    returned = declared(described, "return")
    ending = f" -> {returned}" if returned else ""
    line = f"{name}({', '.join(told)}){ending}"
    return line if len(line) <= _WIDTH else "\n".join([f"{name}(", *(f"    {item}," for item in told), f"){ending}"])


def declared(function: Any, name: str) -> str:  # noqa: ANN401 - whatever has annotations
    """The annotation of a parameter, or of what is returned."""
    return _shown(inspect.get_annotations(function).get(name, ""))


def _parameters(described: inspect.Signature) -> Iterator[str]:
    named_only = False
    for name, parameter in described.parameters.items():
        if name in {"self", "cls"}:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not named_only:
            yield "*"
        named_only = named_only or parameter.kind in {parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL}
        yield _parameter(parameter)


def _parameter(parameter: inspect.Parameter) -> str:
    shown = f"{_STARS.get(parameter.kind, '')}{parameter.name}"
    if parameter.annotation is not parameter.empty:
        shown += f": {_shown(parameter.annotation)}"
    return shown if parameter.default is parameter.empty else f"{shown} = {_default(parameter.default)}"


def _default(value: object) -> str:
    """Only what is written as it is; the repr of ``os.environ`` would put every secret of a machine on the page."""
    return repr(value) if value is None or isinstance(value, bool | int | float | str) else "..."


def _shown(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
