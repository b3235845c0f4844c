"""The program as a child of this process.

The child ends with this process, however that ends: it holds one end of a pipe as its stdin, and stops when the
pipe closes (`--exit-with stdin`).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import weakref
from collections import deque
from collections.abc import Sequence
from typing import IO, Any

from ._errors import ProgramError, StartError, hidden_in_traceback

__tracebackhide__ = hidden_in_traceback

MOST_LINES = 200
"""How many lines of stderr are kept."""

STOP_SECONDS = 60
"""How long a server may take to stop before it is killed. Without a state to save it is gone in its grace period."""

_NEW_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # on Windows


class Process:
    """A running program, and what its ready line said."""

    def __init__(self, path: str, arguments: Sequence[str], timeout: float) -> None:
        """Starts the program and waits for its ready line.

        Raises:
            ProgramError: The system cannot execute it.
            StartError: It ended before it was ready, or was not ready in time.
        """
        self.path = path
        command = [path, *arguments, "--log-format", "json", "--exit-with", "stdin"]
        pipe = subprocess.PIPE
        # In a group of its own, so that Ctrl-C ends the tests and leaves them a server to clean up at.
        group: dict[str, Any] = {"start_new_session": True, "creationflags": _NEW_GROUP}
        try:
            self._child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, **group)
        except OSError as error:
            raise ProgramError(f"{path} cannot be executed: {error.strerror or error}", path) from error
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        assert self._child.stdin and self._child.stdout and self._child.stderr
        _LIFELINES.add(self._child.stdin)
        self._reader = threading.Thread(target=_keep, args=(self._child.stderr, self._lines), daemon=True)
        self._reader.start()
        # Whoever forgets `stop` stops it when the object goes, at the latest when Python ends.
        self._end = weakref.finalize(self, _stop, self._child, self._reader, os.getpid())
        self.ready = self._wait_until_ready(self._child.stdout, timeout)

    def _wait_until_ready(self, stdout: IO[bytes], timeout: float) -> dict[str, Any]:
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._child.kill()

        timer = threading.Timer(timeout, give_up)
        timer.daemon = True
        timer.start()
        line = stdout.readline()
        timer.cancel()
        try:
            ready = json.loads(line)
            if isinstance(ready, dict) and {"url", "controlUrl", "version"} <= ready.keys():
                return ready
        except ValueError:
            pass
        if line:
            self._child.kill()
        exit_code = self.stop()
        said = self.last_words()
        if late.is_set():
            raise StartError(f"{self.path} was not ready within {timeout:g} s{said}", exit_code, self.stderr)
        if line:
            text = line.decode(errors="replace").strip()
            raise ProgramError(f"{self.path} is no mediusflow-mock: its first line is {text[:200]!r}", self.path)
        raise StartError(f"the server did not start (exit code {exit_code}){said}", exit_code, self.stderr)

    @property
    def stderr(self) -> str:
        """The last lines that the program wrote to stderr."""
        return "\n".join(self._lines)

    def last_words(self) -> str:
        """The end of stderr, as an appendix to a message."""
        return "".join(f"\n{it}" for it in list(self._lines)[-20:])

    def exit_code(self, patience: float = 0) -> int | None:
        """The exit code, or `None` if it still runs after so many seconds."""
        try:
            code = self._child.wait(patience)
        except subprocess.TimeoutExpired:
            return None
        _read_out(self._reader)
        return code

    def stop(self) -> int:
        """Closes the pipe and waits for the end; returns the exit code. A second call does nothing."""
        self._end()
        return self._child.wait()


_LIFELINES: weakref.WeakSet[IO[bytes]] = weakref.WeakSet()


def _close_lifelines() -> None:
    """A process that was forked must not keep the servers of its parent alive."""
    for pipe in list(_LIFELINES):
        with contextlib.suppress(OSError):
            pipe.close()
    _LIFELINES.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_lifelines)


def _keep(stream: IO[bytes], lines: deque[str]) -> None:
    with stream:
        for line in stream:
            lines.append(line.decode(errors="replace").rstrip())


def _stop(child: subprocess.Popen[bytes], reader: threading.Thread, owner: int) -> None:
    if os.getpid() != owner:
        return
    assert child.stdin and child.stdout
    with contextlib.suppress(OSError):
        child.stdin.close()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
    _read_out(reader)


def _read_out(reader: threading.Thread) -> None:
    # What an ended program wrote last may still be on its way. A grandchild may hold stderr open; then its lines
    # are not waited for.
    reader.join(1)
