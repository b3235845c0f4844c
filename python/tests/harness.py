"""What several of these tests do: run Python, pytest, and a connection."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import mediusflow_mock
from mediusflow_mock import Server

PLUGIN = "mediusflow_mock.pytest_plugin"


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs code in a Python of its own, which finds packages in the folder, too."""
    path = os.pathsep.join([str(folder), str(Path(mediusflow_mock.__file__).parents[1])])
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60)


def connected(server: Server) -> socket.socket:
    """A connection to a server."""
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def run(session: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Runs the tests of the folder in a process of its own, in their order unless it is said otherwise."""
    order = () if any("randomly" in it for it in arguments) else ("-p", "no:randomly")
    loaded = () if is_installed() else ("-p", PLUGIN)
    return session.runpytest_subprocess(*loaded, *order, *arguments, timeout=120)


def is_installed() -> bool:
    return any(it.value == PLUGIN for it in entry_points(group="pytest11"))
