"""What a person could write better: names that look mistyped, notes that nobody will find."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace

from homesmith.memory.personal.shapes import Preferences
from homesmith.memory.personal.values import PREFERENCES, PROJECTS, Personal, Trouble

LONG_NOTE = 40_000
"""Characters; of a longer note only parts can ever be read at once."""


def advice(personal: Personal) -> tuple[Trouble, ...]:
    """Hints on files that can be read. None of them keeps a file from being used."""
    found = (*_mistyped(personal), *_twice(personal), *_notes(personal))
    return tuple(replace(item, fatal=False, instead="") for item in found)


def _mistyped(personal: Personal) -> Iterator[Trouble]:
    known = [field.alias or name for name, field in Preferences.model_fields.items()]
    for section in dict.fromkeys(item.section for item in personal.preferences):
        close = difflib.get_close_matches(section, known, n=1, cutoff=0.75)
        if section not in known and close:
            yield Trouble(
                file=PREFERENCES,
                line=0,
                what=f'"{section}" looks like "{close[0]}"',
                remedy=f"homesmith context edit {PREFERENCES}",
            )


def _twice(personal: Personal) -> Iterator[Trouble]:
    names = [project.name for project in personal.projects]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Trouble(
                file=PROJECTS,
                line=0,
                what=f'"{name}" stands there twice',
                remedy=f"homesmith context edit {PROJECTS}",
            )


def _notes(personal: Personal) -> Iterator[Trouble]:
    for note in personal.notes:
        remedy = f"homesmith context edit {note.file}"
        if not note.when and not note.tags:
            what = "it has neither tags nor when, so few requests will find it"
            yield Trouble(file=note.file, line=1, what=what, remedy=remedy)
        if len(note.text) > LONG_NOTE:
            what = "it is long, so a model sees parts of it only"
            yield Trouble(file=note.file, line=0, what=what, remedy=remedy)
