"""A plugin of pytest for a run that ends with the first test that fails: a few tests before the rest is looked at.

Mutmut names every test that comes near a changed function, the quickest ones first: for a function of the journal
several hundred. Nearly always one of the first ones notices; to find all the others takes longer than to run those.
"""

from __future__ import annotations

import os

import pytest

_FEW = (20, 100)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Run a few, then some more; what they say is the answer, unless all of them pass. Then pytest goes on."""
    if "__mutmut_" not in os.environ.get("MUTANT_UNDER_TEST", ""):
        return None  # mutmut looks at the tests themselves, all of them
    names, options = config.args, [each for each in config.invocation_params.args if each not in config.args]
    if len(names) <= _FEW[-1]:
        return None
    for few in _FEW:
        answer = int(pytest.main([*options, *names[:few]]))
        if answer != pytest.ExitCode.OK:
            return answer
        names = names[few:]
    if not names:  # none is left, and without a name pytest would look for tests by itself
        return int(pytest.ExitCode.OK)
    config.args = names
    return None
