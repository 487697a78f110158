"""Run one command in one sandbox and print the Execution as JSON; so that another user can."""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from homesmith.core.sandboxes import Command, Limits, Reach
from homesmith.workspace.jailed import Jailed
from homesmith.workspace.sandbox import candidates


def main() -> None:
    asked = json.loads(sys.argv[1])
    command = Command(
        argv=tuple(asked["argv"]),
        workspace=Path(asked["workspace"]),
        reach=Reach(asked["reach"]),
        limits=Limits(**asked["limits"]),
        readable=tuple(map(Path, asked["readable"])),
    )
    found = {type(item).__name__: item for item in candidates()[0]}
    sandbox = found[asked["sandbox"]]
    if isinstance(sandbox, Jailed) and asked["abi"]:
        sandbox = replace(sandbox, abi=min(sandbox.abi, asked["abi"]))
    done = asyncio.run(sandbox.run(command))
    words = [done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")]
    sys.stdout.write(json.dumps([done.exit_code, *words, done.seconds, done.ended_by]))


main()
