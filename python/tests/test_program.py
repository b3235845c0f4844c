"""Which program is run, and what can be wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import run_python

from mediusflow_mock import ProgramError, StartError, program, start


def _script(folder: Path, text: str) -> str:
    path = folder / "mediusflow-mock"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_program_that_does_not_exist_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProgramError, match=r"there is no program .*nowhere \(the option program\)"):
        start(program=tmp_path / "nowhere")
    monkeypatch.setenv("MEDIUSFLOW_MOCK_PROGRAM", str(tmp_path / "nowhere"))
    with pytest.raises(ProgramError, match="MEDIUSFLOW_MOCK_PROGRAM names it"):
        start()
    monkeypatch.setenv("MEDIUSFLOW_MOCK_PROGRAM", str(tmp_path))
    with pytest.raises(ProgramError, match="is not a file"):
        start()


def test_a_program_that_cannot_be_executed_is_named(tmp_path: Path) -> None:
    script = _script(tmp_path, "exit 0")
    os.chmod(script, 0o644)
    with pytest.raises(ProgramError, match="cannot be executed, its mode") as refused:
        start(program=script)
    assert refused.value.program == script
    # A program for another system, such as that of a wheel of another platform.
    Path(script).write_bytes(b"\x7fELF of another machine")
    os.chmod(script, 0o755)
    with pytest.raises(ProgramError, match="cannot be executed: Exec format error"):
        start(program=script)


def test_the_program_comes_from_the_package_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDIUSFLOW_MOCK_PROGRAM", raising=False)
    empty, on_path, scripts = (tmp_path / it for it in ("empty", "path", "scripts"))
    for folder in (empty, on_path, scripts):
        folder.mkdir()
    monkeypatch.setattr("sysconfig.get_path", lambda name, scheme=None: str(scripts))
    monkeypatch.setenv("PATH", str(empty))
    with pytest.raises(ProgramError, match=r"not on the PATH\n  .*scripts\n"):
        program()
    monkeypatch.setenv("PATH", str(on_path))
    on_path_only = _script(on_path, "")
    assert program() == on_path_only
    in_package = _script(scripts, "")
    assert program() == in_package


def test_another_version_of_the_program_is_refused(tmp_path: Path) -> None:
    info = tmp_path / "mediusflow_mock-0.0.1rc2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mediusflow-mock\nVersion: 0.0.1rc2\n")
    wrong = run_python("import mediusflow_mock; mediusflow_mock.start()", tmp_path)
    assert wrong.returncode == 1
    assert "but the Python package is version 0.0.1rc2; install the same version of both" in wrong.stderr

    ready = (
        '{"url":"http://127.0.0.1:1","controlUrl":"","scimUrl":"","tenant":"","pid":1,"seed":1,"version":"0.0.1-rc.2"}'
    )
    script = _script(tmp_path, f"echo '{ready}'; cat")
    right = run_python(f"import mediusflow_mock; mediusflow_mock.start(program={script!r})", tmp_path)
    assert (right.returncode, right.stderr) == (0, "")


def test_something_that_is_no_mediusflow_mock_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="is no mediusflow-mock: its first line is 'hello'"):
        start(program=_script(tmp_path, "echo hello; cat"))
    with pytest.raises(StartError, match=r"did not start .exit code 3.\nno seat left") as refused:
        start(program=_script(tmp_path, "echo no seat left >&2; exit 3"))
    assert (refused.value.exit_code, refused.value.stderr) == (3, "no seat left")


def test_a_program_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"was not ready within 0\.1 s"):
        start(program=_script(tmp_path, "exec cat"), timeout=0.1)


def test_the_module_is_the_program() -> None:
    command = [sys.executable, "-m", "mediusflow_mock"]
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, timeout=30)
    assert said.stdout.startswith("mediusflow-mock ")
    env = {**os.environ, "MEDIUSFLOW_MOCK_PROGRAM": "/nowhere"}
    missing = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=30)
    assert (missing.returncode, "there is no program /nowhere" in missing.stderr) == (1, True)
