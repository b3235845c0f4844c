"""Durations become texts of the control API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mediusflow_mock import Duration
from mediusflow_mock._durations import as_text


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        ("1h 30m", "1h 30m"),
        (0, "0ms"),
        (5, "5000ms"),
        (0.25, "250ms"),
        (0.0001, "1ms"),  # a wait that is short is no wait of none
        (-2.5, "-2500ms"),
        (timedelta(days=90), "7776000000ms"),
        (timedelta(microseconds=1), "1ms"),
    ],
)
def test_a_duration_is_written_in_milliseconds(duration: Duration, text: str) -> None:
    assert as_text(duration) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_no_duration_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        as_text(number)
