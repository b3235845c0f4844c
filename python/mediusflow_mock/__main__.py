"""`python -m mediusflow_mock` is the program."""

import os
import subprocess
import sys

from . import ProgramError, program

try:
    path = program()
except ProgramError as error:
    sys.exit(f"mediusflow-mock: {error}")
if os.name == "nt":  # there, exec would give the shell its prompt back at once
    sys.exit(subprocess.run([path, *sys.argv[1:]], check=False).returncode)
os.execv(path, [path, *sys.argv[1:]])
