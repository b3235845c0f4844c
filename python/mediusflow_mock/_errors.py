"""What can go wrong, as exceptions. All of them are `MediusflowError`."""

from __future__ import annotations

from typing import Any


class MediusflowError(Exception):
    """The base of all exceptions of this package."""


class ProgramError(MediusflowError):
    """The program is missing, cannot be executed, or is of another version than this package."""

    def __init__(self, message: str, program: str | None = None) -> None:
        super().__init__(message)
        self.program = program
        """The path that was tried last, if there was one."""


class StartError(MediusflowError):
    """The program ended before it was ready, or was not ready in time."""

    def __init__(self, message: str, exit_code: int | None, stderr: str) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        """As `mediusflow-mock --help` lists them: 10 if another program has the port."""
        self.stderr = stderr
        """What the program wrote to stderr, at most its last lines."""


class ServerGoneError(MediusflowError):
    """A call found no server, because it ended or does not answer any more."""

    def __init__(self, message: str, exit_code: int | None = None, stderr: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        """The exit code if the server has ended, otherwise `None`."""
        self.stderr = stderr
        """What the program wrote to stderr, at most its last lines."""


class ApiError(MediusflowError):
    """The control API refused a call. The message is its detail and, if there is one, its hint."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        lines = [problem.get("detail"), problem.get("hint")]
        super().__init__("\n".join(str(it) for it in lines if it) or f"status {status}")
        self.status = status
        """The HTTP status."""
        self.problem = problem
        """The whole problem document (RFC 9457)."""

    @property
    def code(self) -> str:
        """The stable name of the problem, such as `unknown-tenant`."""
        return str(self.problem.get("code", ""))

    @property
    def detail(self) -> str:
        """What is wrong, in a sentence."""
        return str(self.problem.get("detail", ""))

    @property
    def hint(self) -> str | None:
        """What may help."""
        return self.problem.get("hint")

    @property
    def field(self) -> str | None:
        """The path of the member of the body, or the parameter, that is wrong."""
        return self.problem.get("field")


class VerificationError(ApiError, AssertionError):
    """An assertion about the traffic or about sign-ins is not met, or cannot be decided.

    `problem` has `expected`, `actual` and the `nearest` exchanges. The code `journal-incomplete` means that
    exchanges have left the journal, so that nobody can tell.
    """


class WaitTimeoutError(ApiError, AssertionError):
    """What was waited for did not happen in time. `problem` says what came nearest."""


_KINDS: dict[str, type[ApiError]] = {
    "verification-failed": VerificationError,
    "journal-incomplete": VerificationError,
    "wait-timeout": WaitTimeoutError,
}


def of_problem(status: int, problem: dict[str, Any]) -> ApiError:
    """The exception for a problem document."""
    return _KINDS.get(str(problem.get("code")), ApiError)(status, problem)


def hidden_in_traceback(excinfo: Any) -> bool:
    """For `__tracebackhide__`: pytest shows the line of the test, not our own, for the errors above."""
    return bool(excinfo.errisinstance(MediusflowError))
