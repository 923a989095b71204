"""Fixtures of the incidents' tests: the shop of the command line's, in which they happen."""

from __future__ import annotations

from tests.cli.conftest import _logs_as_before, assumptions, profile, shop

__all__ = ["_logs_as_before", "assumptions", "profile", "shop"]
