"""Names of tenants for tests."""

from __future__ import annotations

import hashlib
import re

# A tenant name has at most 63 letters and digits; the digest needs eight of them.
_MOST_LETTERS = 40


def tenant_name(test_id: str) -> str:
    """A tenant name for a test id, whatever that holds: the same in every run, and another for every id.

    It is readable as far as the last part of the id (after `::`) has letters a-z and digits.
    """
    words = re.findall(r"[A-Za-z0-9]+", test_id.rpartition("::")[2])
    text = "".join(word[:1].upper() + word[1:] for word in words)
    digest = hashlib.sha256(test_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:_MOST_LETTERS]}{digest[:8]}"
