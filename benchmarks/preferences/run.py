"""Ten preferences, ten small tasks: how many answers keep to them, with the context and without.

    run.py                      the table, with the model of your settings
    run.py --model ID           with another
    run.py --out FILE           every answer too, as JSON Lines

The person of the measurement is made in a folder of its own; your own context is not read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from homesmith.core.errors import HomesmithError
from homesmith.core.models import ModelId
from homesmith.lab.preferences import Task, Trial, load_tasks, measure, table
from homesmith.settings import load
from homesmith.studio import Studio

HERE = Path(__file__).parent


async def trials(tasks: tuple[Task, ...], folder: Path, model: str | None) -> list[Trial]:
    """Every answer, told as it comes."""
    settings = load({"model": model, "context_folder": str(folder)}, os.environ)
    chosen = ModelId(settings.model)
    done = []
    async with Studio(settings) as studio:
        studio.personal().init({(task.section, task.key): task.value for task in tasks})
        asked = measure(
            tasks, studio.engine(chosen), lambda prompt: studio.known(prompt, None, chosen)[0]
        )
        async for trial in asked:
            way = "with" if trial.knowing else "without"
            print(f"{trial.task}, {way}: {'yes' if trial.passed else 'no'}", file=sys.stderr)
            done.append(trial)
    return done


def main() -> int:
    """The exit code: 0 when it was measured, whatever came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model")
    parser.add_argument("--tasks", type=Path, default=HERE / "tasks.toml")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    try:
        tasks = load_tasks(arguments.tasks)
        with tempfile.TemporaryDirectory() as folder:
            done = asyncio.run(trials(tasks, Path(folder) / "context", arguments.model))
    except HomesmithError as error:
        print(f"{error.message}\n  {error.why}\nhint: {error.remedy}", file=sys.stderr)
        return error.exit_code
    if arguments.out:
        lines = [json.dumps(asdict(trial), ensure_ascii=False) for trial in done]
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(table(tasks, done), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
