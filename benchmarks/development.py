"""What the programs beside it share: a development split of a suite, and a model that remembers.

Every task whose name falls into one of `--part` parts of a hash. What is drawn is kept, so a run
that is broken off goes on, and one that is repeated takes seconds.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from streams import OneAtATime, engines

from homesmith.core.models import ModelId, Profile
from homesmith.core.sandboxes import Sandbox
from homesmith.engines.profiles import profile_for
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.remembered import RememberedEngine
from homesmith.lab.suites import Problems
from homesmith.settings import load
from homesmith.studio import Studio
from homesmith.workspace.sandbox import detect


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The model, how it is asked, where its code runs, and the tasks by suite.

    Each of the `engines` has one task under way at a time; one alone is `engine`.
    """

    engines: Sequence[RememberedEngine]
    profile: Profile
    sandbox: Sandbox
    tasks: dict[str, list[CodeTask]]

    @property
    def engine(self) -> RememberedEngine:
        return self.engines[0]


def words(about: str | None, suites: str) -> argparse.ArgumentParser:
    """The words of the command line that all of them have."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default="qwen2.5-coder:1.5b")
    parser.add_argument("--suites", default=suites, help="names with commas between")
    parser.add_argument("--part", type=int, default=4, help="one task of so many; 1 is all")
    return parser


@asynccontextmanager
async def means(given: argparse.Namespace, width: int = 1) -> AsyncIterator[Means]:
    """The means for these words of the command line, with so many engines in one server."""
    model = ModelId(given.model)
    async with Studio(load({"model": given.model}, os.environ)) as studio:
        known, lab, sandbox = studio.model(model), studio.laboratory(), detect()
        assert sandbox is not None, "code runs in a sandbox only: homesmith doctor"
        identity = f"{known.sha256} {importlib.metadata.version('xllamacpp')}"
        tasks = {}
        for name in given.suites.split(","):
            suite = lab.suite(name, given.data)
            assert isinstance(suite, Problems)
            tasks[name] = [
                one
                for one in suite.problems
                if isinstance(one, CodeTask) and zlib.crc32(one.id.encode()) % given.part == 0
            ]
        async with engines(studio, model, width) as sharing:
            yield Means(
                engines=[
                    RememberedEngine(one, lab.answers(model), identity=identity) for one in sharing
                ],
                profile=profile_for(known),
                sandbox=OneAtATime(sandbox),
                tasks=tasks,
            )
