"""Where the program is, and which version it must have."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from ._errors import ProgramError

VARIABLE = "MEDIUSFLOW_MOCK_PROGRAM"
"""The environment variable that names another program than the one of the package."""

NAME = "mediusflow-mock" + (".exe" if os.name == "nt" else "")


def program() -> str:
    """The path of the program: that of MEDIUSFLOW_MOCK_PROGRAM, else that of the package, else that of PATH.

    Raises:
        ProgramError: There is none, or it cannot be executed.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return executable(named, f"the environment variable {VARIABLE} names it")
    folders = list(_folders())
    for folder in folders:
        if (folder / NAME).is_file():
            return executable(str(folder / NAME), "the package mediusflow-mock brought it")
    found = shutil.which(NAME)
    if found:
        return found
    places = "\n".join(f"  {folder}" for folder in folders)
    raise ProgramError(
        f"there is no program {NAME}: it is in none of these folders, and not on the PATH\n{places}\n"
        f"the wheel of mediusflow-mock brings it; {VARIABLE} names one that is elsewhere"
    )


def executable(path: str, why: str) -> str:
    """The path, if it leads to a file that can be executed.

    Raises:
        ProgramError: It does not; the message repeats why this path was taken.
    """
    if not os.path.exists(path):
        raise ProgramError(f"there is no program {path} ({why})", path)
    if not os.path.isfile(path):
        raise ProgramError(f"{path} is not a file ({why})", path)
    if not os.access(path, os.X_OK):
        raise ProgramError(f"{path} cannot be executed, its mode does not allow it ({why})", path)
    return path


def package_version() -> str | None:
    """The version of the installed package; `None` in a source tree, which has none."""
    try:
        return importlib.metadata.version("mediusflow-mock")
    except importlib.metadata.PackageNotFoundError:
        return None


def require_version(path: str, version: str) -> None:
    """Makes sure that a program is the one that this package was made for.

    Raises:
        ProgramError: It has another version than the package.
    """
    wanted = package_version()
    if wanted is not None and _as_pep440(version) != wanted:
        raise ProgramError(
            f"{path} is mediusflow-mock {version}, but the Python package is version {wanted}; "
            "install the same version of both",
            path,
        )


def _folders() -> Iterator[Path]:
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sysconfig.get_path("scripts", scheme=sysconfig.get_preferred_scheme("user")))
    # `pip install --target FOLDER` puts scripts into FOLDER/bin.
    yield Path(__file__).parent.parent / ("Scripts" if os.name == "nt" else "bin")


def _as_pep440(version: str) -> str:
    """As maturin writes Cargo's versions: 0.2.0-rc.1 becomes 0.2.0rc1."""
    letters = {"alpha": "a", "beta": "b", "rc": "rc"}
    return re.sub(r"-(alpha|beta|rc)\.?", lambda found: letters[found[1]], version)
