"""Build a small app from a tape, slowly, so that it can be killed anywhere: HOME ROOT [RUN]."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from homesmith.core.builds import BuildRequest
from homesmith.core.engines import Engine
from homesmith.core.models import ModelId
from homesmith.core.requests import Request
from homesmith.core.runs import Entry, Finished, RunId
from homesmith.engines.scripted import ScriptedEngine
from homesmith.settings import load
from homesmith.studio import Studio

MODEL = ModelId("qwen2.5-coder:1.5b")
TEMPLATE = """
name = "plain"
title = "Plain"
description = "Three texts."
checks = ["exactness"]
[run]
kind = "static"
"""
FILES = ("one.txt", "two.txt", "three.txt")


def answer(request: Request) -> str:
    asked = request.messages[-1].text
    if request.json_schema:
        return '{"title": "Three texts", "summary": "Three.", "criteria": ["a b c", "d e f"]}'
    name = next(file for file in FILES if file in asked)
    return "".join(f"{name} line {number}\n" for number in range(40))


def template(home: Path) -> None:
    folder = home / "config" / "templates" / "plain"
    (folder / "files").mkdir(parents=True, exist_ok=True)
    fills = "".join(
        f'[[fill]]\npath = "{file}"\nlanguage = "text"\npurpose = "words"\n' for file in FILES
    )
    (folder / "template.toml").write_text(TEMPLATE + fills)
    for file in FILES:
        (folder / "files" / file).write_text("as the template has it\n")


class Taped(Studio):
    def engine(self, model: ModelId) -> Engine:
        return ScriptedEngine(rules=[(".", answer)], model=model, seconds_per_token=0.0005)


async def main(home: Path, root: Path, run: str) -> int:
    template(home)
    async with Taped(load({"home": str(home)}, {})) as studio:
        request = BuildRequest(prompt="three texts", root=root, template="plain", model=MODEL)
        last = None
        async for item in studio.resume(RunId(run)) if run else studio.build(request):
            if isinstance(item, Entry):
                last = item.event
                sys.stdout.write(f"{item.number}\n")
                sys.stdout.flush()
        return 0 if isinstance(last, Finished) and last.passed else 1


if __name__ == "__main__":
    home, root, *rest = sys.argv[1:]
    sys.exit(asyncio.run(main(Path(home), Path(root), rest[0] if rest else "")))
