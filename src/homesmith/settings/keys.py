"""The table of settings: what each is called, means and may be, and who may set it.

It does not know where values come from, nor what they are used for.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from homesmith.core.errors import InvalidSettings

Source = Literal["flag", "environment", "project", "user", "default"]
PREFIX = "HOMESMITH_"
PROJECT = frozenset({"model", "fast_model", "budget_minutes", "threads", "window"})
"""All that a project may set: never an endpoint, key, command, folder or the sandbox."""
NOT_IN_ENVIRONMENT = frozenset({"sandbox_unprotected"})
NOT_IN_USER_FILE = frozenset({"home"})
"""The file lies inside the home, so it cannot say where the home is."""
PLAIN_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?(:[\w.-]+)?")
"""A catalogue id. A project may not name a path or an address as its model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from. `where` is a flag, a variable, or "file:line"; "" for a default."""

    source: Source
    where: str = ""


def _automatic(value: object) -> object:
    if value is True or value is False:
        raise ValueError("a number or auto is expected")
    return None if isinstance(value, str) and value.strip().lower() == "auto" else value


def _expanded(value: object) -> object:
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) else value


def _folder(value: object) -> object:
    return None if value == "auto" else _expanded(value)


def _browser(value: str) -> str:
    if value in ("auto", "none"):
        return value
    if not Path(value).expanduser().is_absolute():
        raise ValueError("auto, none or an absolute path is expected")
    return str(Path(value).expanduser())


Browser = Annotated[str, Field(min_length=1), AfterValidator(_browser)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Values(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Name = Field("qwen2.5-coder:1.5b", description="The model that builds.")
    fast_model: Name = Field("qwen2.5-coder:0.5b", description="The model for small decisions.")
    budget_minutes: float = Field(12, gt=0, le=1440, description="Longest time one build may take.")
    threads: Annotated[int | None, Field(ge=1, le=512), BeforeValidator(_automatic)] = Field(
        None, description="Processor threads for the engine, or auto."
    )
    window: Annotated[int | None, Field(ge=1024, le=1 << 20), BeforeValidator(_automatic)] = Field(
        None, description="Tokens of context, prompt and answer together, or auto."
    )
    offline: bool = Field(False, description="Never open a connection to another machine.")
    browser: Browser = Field("auto", description="Chromium for checks: auto, none or its path.")
    sandbox_unprotected: bool = Field(
        False,
        description="Run generated code without protection where no sandbox works.",
    )
    context: bool = Field(True, description="Tell the model what you wrote down about yourself.")
    context_folder: Annotated[Path | None, BeforeValidator(_folder)] = Field(
        None, description="The folder of your personal context, or auto."
    )
    context_tokens: int = Field(
        600, ge=0, le=100_000, description="Tokens of your personal context in one prompt, at most."
    )
    idle_seconds: float = Field(
        30,
        ge=0,
        le=86_400,
        description="Seconds without a word until a chat looks after its prompt; it learns from"
        " what was said after ten quiet minutes. 0 is never.",
    )
    home: Annotated[Path | None, BeforeValidator(_expanded)] = Field(
        None, description="One folder for data, settings, cache and state."
    )


KEYS: Mapping[str, str] = {
    name: field.description or "" for name, field in _Values.model_fields.items()
}
"""Every setting with what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value that somebody gave, before it is checked."""

    key: str
    value: object
    origin: Origin


def defaults() -> dict[str, Any]:
    """Every setting as it is when nobody says otherwise."""
    return _Values.model_validate({}).model_dump()


def known(key: str, where: str, remedy: str = "homesmith config list") -> None:
    if key not in KEYS:
        raise InvalidSettings(
            f"{key!r} is not a setting ({where}).{meant(key)}",
            why="no setting has this name",
            remedy=remedy,
        )


def meant(key: str) -> str:
    close = difflib.get_close_matches(key.replace("-", "_"), KEYS, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def checked(item: Given) -> object:
    """The value in its own type. Raises InvalidSettings that says where it was given."""
    try:
        return getattr(_Values.model_validate({item.key: item.value}), item.key)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise InvalidSettings(
            f"{item.key} = {item.value!r} is not possible ({item.origin.where})",
            why=f"{KEYS[item.key]} {reason}.",
            remedy=f"homesmith config unset {item.key}"
            if item.origin.source == "user"
            else f"give another value for {item.key}",
        ) from error
