"""The operation id: single, in order, and of a shape that terminals know."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine import new_operation_id
from engine.samport.reading import UUID

_TIMES = st.datetimes(min_value=datetime(1969, 1, 1), max_value=datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them so

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@given(now=_TIMES)
def test_an_id_is_a_uuid_of_the_version_in_the_vendors_samples(now: datetime) -> None:
    """Whatever the clock says, and written as our own reading of replies wants it."""
    made = new_operation_id(now)
    assert (uuid.UUID(made).version, uuid.UUID(made).variant) == (4, uuid.RFC_4122)
    assert UUID.fullmatch(made)


def test_ids_sort_by_the_time_at_which_they_were_made() -> None:
    """To the millisecond; that keeps an insert as cheap after a million operations as after a thousand."""
    made = [new_operation_id(_NOW + timedelta(milliseconds=number)) for number in range(300)]
    assert made == sorted(made)


def test_no_two_ids_of_one_moment_are_the_same() -> None:
    """Two tills pay at the same time, and must not be taken for each other."""
    assert len({new_operation_id(_NOW) for _ in range(1000)}) == 1000
