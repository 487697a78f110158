"""The suite `compression`: does the answer survive when twenty documents are shortened?

Lost in the Middle, the half that no weight was fitted on. Without a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from homesmith.core.errors import InvalidSettings
from homesmith.lab.attempts import Attempt
from homesmith.lab.compression import Cut, Shorten, as_files, cut_in_the_middle, cuts, kept_of, ours
from homesmith.lab.distractors import FILE, Question
from homesmith.lab.figures import Figure

SUITE = "compression"
NO_MODEL = "no model"
RATIOS = (2.0, 3.0)
WAYS: dict[str, Shorten] = {
    "cut in the middle": cut_in_the_middle,
    "ours": ours(),
    "ours, as files": as_files,
}


def folder_in(folders: Sequence[Path]) -> Path:
    """The folder that has the file, or `lost_in_the_middle` in one. Raises InvalidSettings."""
    for folder in (each for one in folders for each in (one, one / "lost_in_the_middle")):
        if (folder / FILE).is_file():
            return folder
    raise InvalidSettings(
        f"Lost in the Middle is not in {folders[0]}",
        why=f"no file there is called {FILE}",
        remedy="homesmith eval compression --data DIR",
    )


def measured(asked: Iterable[Question]) -> Iterator[Attempt | Figure]:
    """Each question at each ratio; then the figures of all."""
    made: list[Cut] = []
    for one in cuts(asked, RATIOS, WAYS):
        made.append(one)
        yield Attempt(
            suite=f"{SUITE} {one.ratio:g}x",
            task=one.task,
            strategy=one.way,
            model=NO_MODEL,
            seed=0,
            verdict="passed" if one.kept else "wrong",
            kind="compression",
            prompt_tokens=one.tokens,
            seconds=one.seconds,
        )
    for each in kept_of(made):
        suite = f"{SUITE} {each.ratio:g}x"
        yield Figure(
            suite=suite, way=each.way, name="shorter, in characters", value=each.by_characters,
            unit="times",
        )  # fmt: skip
        yield Figure(
            suite=suite, way=each.way, name="for 4k tokens", value=each.milliseconds, unit="ms"
        )
        yield Figure(
            suite=suite, way=each.way, name="over the budget", value=each.over_budget, unit="times"
        )
