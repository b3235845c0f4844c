"""Durations as Python has them, and as the control API reads them."""

from __future__ import annotations

import math
from datetime import timedelta

Duration = str | int | float | timedelta
"""A number of seconds, a `timedelta`, or a text of the control API such as `"250ms"` or `"1h 30m"`."""


def as_text(duration: Duration) -> str:
    """The duration for the control API, in milliseconds. What is shorter than one becomes one."""
    if isinstance(duration, str):
        return duration
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not math.isfinite(seconds):
        raise ValueError(f"{duration!r} is no duration")
    milliseconds = round(seconds * 1000)
    if milliseconds == 0 and seconds > 0:
        milliseconds = 1
    return f"{milliseconds}ms"
