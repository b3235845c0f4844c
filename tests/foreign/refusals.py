"""Counts the provisioning logs on standard input by action, status, error code and reason."""

import collections
import json
import re
import sys

counts = collections.Counter()
for line in sys.stdin:
    entry = json.loads(line)
    status = entry["provisioningStatusInfo"]
    error = status.get("errorInformation") or {}
    reason = re.sub(r" This operation was retried.*", "", error.get("reason") or "")
    counts[(entry["provisioningAction"], status["status"], error.get("errorCode") or "", reason[:150])] += 1
for (action, status, code, reason), count in sorted(counts.items()):
    print(f"{count:4} {action} {status} {code} {reason}".rstrip())
