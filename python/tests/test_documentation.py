"""The examples of docs/python.md run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from harness import run

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
EXAMPLE = re.compile(r"<!-- file: (\S+) -->\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples(kind: str) -> dict[str, str]:
    """The files of the page whose names begin so."""
    blocks = EXAMPLE.findall(PAGE.read_text("utf-8"))
    return {name: text for name, text in blocks if name.startswith(kind)}


def test_the_tests_pass(pytester: pytest.Pytester) -> None:
    for name, text in examples("test_").items():
        pytester.path.joinpath(name).write_text(text, "utf-8")

    run(pytester).assert_outcomes(passed=3)


def test_the_script_runs(tmp_path: Path) -> None:
    ((name, text),) = examples("provision").items()
    tmp_path.joinpath(name).write_text(text, "utf-8")

    done = subprocess.run([sys.executable, name], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "expected at least 1 exchange matching op:delete" in done.stdout
