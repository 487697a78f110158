"""The forms of the files, checked at the edge; the JSON Schemas in `schemas/` are written of them.

Names that we do not know are welcome: the files belong to the person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator
from pydantic.functional_validators import ModelWrapValidatorHandler

EXPECTED = "a text, a number, true, false or a list of texts is expected"


def _one_reason(value: object, inner: ModelWrapValidatorHandler[Any]) -> Any:
    """One sentence in place of what each member of a union has to say."""
    try:
        return inner(value)
    except ValidationError as error:
        raise ValueError(EXPECTED) from error


Text = Annotated[str, Field(min_length=1, max_length=500)]
Plain = Annotated[Text | bool | int | float | list[Text], WrapValidator(_one_reason)]
Section = dict[Text, Plain]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)


class Preferences(_Shape):
    """preferences.json: how the person likes things. Sections of other names may be added."""

    __pydantic_extra__: dict[str, Section | Text | list[Text] | bool | int | float]

    schema_: str | None = Field(None, alias="$schema")
    tone: Text | None = Field(None, description="How answers shall sound.")
    language: Text | None = Field(None, description="The language of answers and of apps.")
    coding_style: Section | None = Field(
        None, description="indentation, quotes, semicolons, type_hints, naming, comments …"
    )
    stack: Section | None = Field(None, description="database, backend, styling, testing …")
    design: Section | None = Field(None, description="theme (dark or light), colours, density …")
    rules: list[Text] | None = Field(None, description="Anything else, one sentence each.")


class ProjectShape(_Shape):
    """One project."""

    name: Text
    about: str = Field("", max_length=2000)
    stack: list[Text] = Field(default_factory=list)
    path: str = ""
    status: Literal["active", "paused", "done"] = "active"


class Projects(_Shape):
    """projects.json: what the person works on. Only active projects are told to a model."""

    schema_: str | None = Field(None, alias="$schema")
    projects: list[ProjectShape]


class FrontMatter(_Shape):
    """The head of a file in knowledge/: what it is, and when a model should read it."""

    title: Text | None = Field(None, description="Else the first heading, or the file's name.")
    tags: list[Text] = Field(default_factory=list)
    when: str = Field("", description="When to use it, in words that a request would have.")


class EntryShape(_Shape):
    """Something that happened."""

    at: Text
    kind: Text
    asked: str
    outcome: str
    app: str = ""
    learned: list[str] = Field(default_factory=list)


class History(_Shape):
    """history/YYYY-MM-DD.json: what happened that day; written by Homesmith, read by people."""

    schema_: str | None = Field(None, alias="$schema")
    date: Annotated[dt.date, Field(strict=False)]
    entries: list[EntryShape]


SECTIONS = tuple(name for name in Preferences.model_fields if name not in ("schema_", "rules"))
"""The sections of preferences.json that are known, but for the rules."""

SCHEMAS = Path(__file__).with_name("schemas")
"""Where the JSON Schemas are, for editors and other programs."""

SHAPES: dict[str, type[BaseModel]] = {
    "preferences": Preferences,
    "projects": Projects,
    "knowledge": FrontMatter,
    "history": History,
}
"""Every form by the name of its schema."""


REASONS = {
    "string_type": "a text in quotes is expected",
    "list_type": "a list in square brackets is expected",
    "dict_type": "names and values in curly brackets are expected",
    "model_type": "names and values in curly brackets are expected",
    "missing": "it is missing",
    "string_too_short": "it is empty",
}


def reason_of(found: Sequence[Mapping[str, Any]]) -> str:
    """What Pydantic's findings on one value mean, in a person's words.

    Where a value may be of several types there is a finding for each of them.
    """
    fitting = [one for one in found if not one["type"].endswith("_type")] or found
    if len({one["type"] for one in fitting}) > 1:
        return EXPECTED
    told = str(fitting[0]["msg"]).removeprefix("Value error, ")
    return REASONS.get(str(fitting[0]["type"]), f"{told[:1].lower()}{told[1:]}")


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one form."""
    shape = SHAPES[name].model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape}
