"""The page of settings: the file, each terminal with its switches, the environment."""

from __future__ import annotations

from collections.abc import Mapping

from engine import FILE_SETTINGS, TERMINAL_SETTINGS
from tools.reference.markdown import Lines, heading, table

_CONFIGURATION = """
One TOML file, read once, and refused whole if anything in it is not understood. Keys never stand in it: it names the
environment variables, or the files, that hold them.

```toml
journal = "tillproof.db"

[terminals.bar]
url = "http://192.168.1.20:8085/api/v2"
api = "2.2"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
secret_key_env = "TILLPROOF_SECRET_KEY"
```

## The file
"""

_INFERRED = """## Each terminal: `[terminals.NAME]`

*INFERRED* and *OPEN* mark what is assumed about the terminal, because its vendor does not publish it. What goes wrong
where such an assumption does not hold stands in [switches.md](switches.md).
"""

_ENVIRONMENT = (
    ("`TILLPROOF_CONFIG`", "The configuration, where `-c` does not name one; else `./tillproof.toml`."),
    ("`TILLPROOF_LOG`", "Level of the log on stderr: debug, info, warning (without it) or error."),
    ("`TILLPROOF_DEBUG`", "`1` shows the traceback of a fault."),
    ("`NO_COLOR`", "No colours in the log."),
)


def configuration() -> Lines:
    """``docs/configuration.md``: every setting."""
    yield from heading("Configuration", _CONFIGURATION)
    yield from _settings(FILE_SETTINGS)
    yield _INFERRED
    yield from _settings(TERMINAL_SETTINGS)
    yield "## Environment"
    yield ""
    yield from table(("variable", "meaning"), _ENVIRONMENT)


def _settings(settings: Mapping[str, object]) -> Lines:
    rows = [
        (f"`{name}`", str(getattr(setting, "meaning", "")), default_of(name, settings))
        for name, setting in settings.items()
    ]
    yield from table(("key", "meaning", "default"), rows)


def default_of(name: str, settings: Mapping[str, object]) -> str:
    """What a setting is where nobody writes it; what else has to stand there if there is no such thing."""
    default = getattr(settings[name], "default", None)
    if type(default) is object:  # a mark, and no value: there is no default
        return f"else `{_other(name)}`" if _other(name) in settings else "required"
    if default is None:
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _other(name: str) -> str:
    stem, _, ending = name.rpartition("_")
    return f"{stem}_{'file' if ending == 'env' else 'env'}"
