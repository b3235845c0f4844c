"""Says in few lines what a cycle or the provisioning logs hold, so that they can be compared.

    report.py cycle NAME EXIT_STATUS ACCESS_LOG_LINES   the cycle's JSON lines on standard input
    report.py logs                                      the logs' JSON lines on standard input
"""

import collections
import json
import re
import sys


def cycle(name, status, access):
    """One line with the counts, one with the answers to writes, as the server's access log has them."""
    last = [json.loads(line) for line in sys.stdin][-1]
    counts = {key: count for key, count in last["execution"]["counts"].items() if count}
    print(f"{name}: {last['ended']}, exit status {status};", *(f"{key} {counts[key]}" for key in counts))
    writes = re.findall(r'"(POST|PATCH|PUT|DELETE) /\S* HTTP/1.1" (\d+)', access)
    answers = collections.Counter(f"{method} {code}" for method, code in writes)
    print("  writes:", ", ".join(f"{answers[it]} × {it}" for it in sorted(answers)) or "none")


def logs():
    """How often each action, status, error code and reason occurs."""
    counts = collections.Counter()
    for line in sys.stdin:
        entry = json.loads(line)
        status = entry["provisioningStatusInfo"]
        error = status.get("errorInformation") or {}
        reason = re.sub(r" This operation was retried.*", "", error.get("reason") or "")
        code = error.get("errorCode") or ""
        counts[(entry["provisioningAction"], status["status"], code, reason)] += 1
    for (action, status, code, reason), count in sorted(counts.items()):
        print(f"{count:4} {action} {status} {code} {reason}".rstrip())


if sys.argv[1] == "cycle":
    cycle(sys.argv[2], sys.argv[3], open(sys.argv[4], encoding="utf-8").read())
else:
    logs()
