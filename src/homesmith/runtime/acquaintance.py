"""A person as far as a model may know them: where they wrote it down, and how much it is told.

Where the settings say so, nothing is read at all. It does not know what the request is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from homesmith.context.estimate import estimate
from homesmith.memory.personal.values import Personal
from homesmith.runtime.knowing import NOTHING, Known, known
from homesmith.runtime.personal import Repository
from homesmith.runtime.reading import project_file

SHARE = 8
"""At most one part in so many of a model's window is about the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """The person whose files are in `folder`; `allowed`: a model may be told, in `tokens`."""

    folder: Path
    allowed: bool
    tokens: int

    @property
    def repository(self) -> Repository:
        """What the person wrote down about themselves."""
        return Repository(self.folder)

    def person(self) -> Personal:
        """What a model may be told of, as it stands now; nothing where it is not allowed."""
        return self.repository.read(history=False) if self.allowed else Personal()

    def known(
        self,
        request: str,
        *,
        folder: Path | None = None,
        window: int | None = None,
        without: tuple[str, ...] = (),
    ) -> tuple[Known, Personal]:
        """What a model with such a window is told for a request, and all the person wrote down.

        `folder` is the project at hand; preferences of the sections `without` are not told.
        """
        person = self.person()
        if not self.allowed:
            return NOTHING, person
        project = project_file(folder) if folder is not None else None
        budget = self.tokens if window is None else min(self.tokens, window // SHARE)
        told = person.without(without)
        return known(told, request, budget=budget, count=estimate, project=project), person
