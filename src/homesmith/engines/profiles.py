"""Profiles: how each model family's makers intend it to be used, read from TOML files.

A family we know has its own file; for others the markers in the model file's own template choose
one. That template is never run: it is a program from a stranger. It does not know engines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from homesmith.core.errors import InvalidSettings
from homesmith.core.models import Calling, Demonstration, Model, Profile, Sampling, Tier

MARKERS = (
    ("<|im_start|>", "chatml"),
    ("<start_of_turn>", "gemma3"),
    ("<|start_header_id|>", "llama3"),
)
ROLES = ("system", "user", "assistant", "answer")
WITH_TOOLS: frozenset[Tier] = frozenset(("medium", "large"))
"""The tiers whose models are given tools; smaller ones are asked under a grammar instead."""


def profile_for(model: Model, metadata: Mapping[str, object] | None = None) -> Profile:
    """The family's own profile, else one chosen by the template in the GGUF metadata.

    The tier follows the number of parameters, and with it whether there are tools; the window is
    never larger than the model's.
    """
    name = model.family if _exists(model.family) else _by_markers(metadata or {})
    profile = _named(name)
    freedom = tier(model.parameters)
    return replace(
        profile,
        family=model.family,
        tier=freedom,
        window=min(profile.window, model.window),
        tools=profile.tools if freedom in WITH_TOOLS else None,
    )


def tier(parameters: float) -> Tier:
    """How much freedom a model of this many billion parameters gets."""
    if parameters < 1:
        return "tiny"
    if parameters < 5:
        return "small"
    return "medium" if parameters < 20 else "large"


def _by_markers(metadata: Mapping[str, object]) -> str:
    template = str(metadata.get("tokenizer.chat_template", ""))
    return next((name for marker, name in MARKERS if marker in template), "plain")


def _exists(family: str) -> bool:
    return family.replace(".", "").replace("-", "").isalnum() and _file(family).is_file()


def _file(name: str) -> Any:
    return files("homesmith.engines") / "profiles" / f"{name}.toml"


@cache
def _named(name: str) -> Profile:
    return parse(_file(name).read_text(encoding="utf-8"), name)


def parse(text: str, name: str) -> Profile:
    """Read a profile file. Raises InvalidSettings naming the file and what is wrong in it."""
    try:
        data = tomllib.loads(text)
        turns = {role: str(data["turns"][role]) for role in ROLES}
        turns["tool"] = str(data["turns"].get("tool", turns["user"]))
        sampling = {task: Sampling(**values) for task, values in data["sampling"].items()}
        return Profile(
            family=data["family"],
            tier="small",
            system=data["system"],
            sampling=sampling,
            folds_system=data.get("folds_system", False),
            code_prefill=data["code_prefill"],
            code_stop=tuple(data["code_stop"]),
            stop=tuple(data["stop"]),
            few_shot=tuple(map(_demonstration, data.get("few_shot", ()))),
            window=data["window"],
            tools=_calling(data["tools"]) if "tools" in data else None,
            extra=turns | data.get("extra", {}),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InvalidSettings(
            f"the profile {name} cannot be read", why=str(error), remedy="correct the file"
        ) from error


def _demonstration(data: Mapping[str, str]) -> Demonstration:
    """An entry of `few_shot` of a profile. Raises KeyError."""
    return Demonstration(
        request=data["user"], answer=data["assistant"], traced=data.get("traced", "")
    )


def _calling(data: Mapping[str, Any]) -> Calling:
    """The table `tools` of a profile. Raises KeyError, TypeError."""
    definitions = data["definitions"]
    if "{tools}" not in definitions:
        raise KeyError("{tools} in the definitions")
    return Calling(**{**data, "guarded": tuple(data.get("guarded", ()))})
