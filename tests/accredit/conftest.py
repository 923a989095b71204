"""Fixtures of the accreditation's tests: a shop with our own POS, as the command line's tests have it."""

from __future__ import annotations

from tests.cli.conftest import _logs_as_before, assumptions, profile, shop

__all__ = ["_logs_as_before", "assumptions", "profile", "shop"]
