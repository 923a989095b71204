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

*INFERRED* marks an assumption about the terminal that its vendor does not publish.
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
    rows = []
    for name, setting in settings.items():
        default, meaning = getattr(setting, "default", None), str(getattr(setting, "meaning", ""))
        if type(default) is object:  # a mark, and no value: there is no default
            shown = f"else `{_other(name)}`" if _other(name) in settings else "required"
        elif default is None:
            shown = ""
        else:
            shown = f"`{str(default).lower() if isinstance(default, bool) else default}`"
        rows.append((f"`{name}`", meaning, shown))
    yield from table(("key", "meaning", "default"), rows)


def _other(name: str) -> str:
    stem, _, ending = name.rpartition("_")
    return f"{stem}_{'file' if ending == 'env' else 'env'}"
