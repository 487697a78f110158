"""Run one script of ours, with a job on its standard input, beside code nobody has read.

The script must need the standard library alone: it is copied into an empty folder of the sandbox.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from homesmith.core.sandboxes import Command, Execution, Limits, Sandbox
from homesmith.workspace.interpreter import python_environment


async def run_script(sandbox: Sandbox, script: Path, job: object, limits: Limits) -> Execution:
    """How `script` ended and what it said about `job`, plain JSON. Raises SandboxUnavailable."""
    with tempfile.TemporaryDirectory(prefix="homesmith-script-") as name:
        place = Path(name).resolve()
        (place / script.name).write_bytes(script.read_bytes())
        return await sandbox.run(
            Command(
                argv=(sys.executable, "-I", "-B", script.name),
                workspace=place,
                limits=limits,
                environment={"PYTHONHASHSEED": "0"},
                readable=python_environment(),
                stdin=json.dumps(job).encode(),
            )
        )
