"""What a model may do with its own memory, as plain functions, and their schemas at the edge.

The names and arguments are those that models of agents were trained on (Packer et al., MemGPT,
2023). Each gives one short text that the model reads; what went wrong is an error that says what
to do instead. Limits and read-only are kept by the store, and every edit is in the history.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from homesmith.core.errors import UsageError
from homesmith.core.memories import Block, Recalled
from homesmith.memory.agent import Agent
from homesmith.memory.editing import inserted, replaced
from homesmith.memory.recall import shown

MODEL = "model"
"""Who the history names for these edits."""
LABEL = "The block's label."
TAG, TAGS = 40, 8
"""Characters of a tag, and how many: each is a word, and together they are no sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a call: the text the model reads, and the block or the memory it wrote.

    `refused`: nothing was done, or not yet; `proposed` are the proposals that it lets wait.
    """

    text: str
    block: Block | None = None
    kept: int | None = None
    refused: bool = False
    proposed: tuple[int, ...] = ()


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Edit(_Arguments):
    """A change of a memory block."""

    label: str = Field(description=LABEL)

    @abstractmethod
    def changed(self, value: str) -> str:
        """The block's text afterwards. Raises UsageError where it is not clear what is meant."""


class MemoryInsert(Edit):
    """Add lines to a memory block."""

    text: str = Field(description="What to add.")
    line: int = Field(default=-1, description="After which line; 0 is the top, -1 the end.")

    def changed(self, value: str) -> str:
        return inserted(value, self.text, self.line)


class MemoryReplace(Edit):
    """Replace one place in a memory block."""

    old: str = Field(description="The text to replace, as the block has it.")
    new: str = Field(description="What stands there instead; empty removes it.")

    def changed(self, value: str) -> str:
        return replaced(value, self.old, self.new)


class MemoryRethink(Edit):
    """Write a memory block anew."""

    value: str = Field(description="The whole new text of the block.")

    def changed(self, value: str) -> str:
        del value
        return self.value


class ArchivalInsert(_Arguments):
    """Keep a fact for good."""

    text: str = Field(description="The fact, complete in itself.")
    tags: list[Annotated[str, Field(max_length=TAG, pattern=r"^[\w-]+$")]] = Field(
        default_factory=list, max_length=TAGS, description="Single words to find it by."
    )


class ArchivalSearch(_Arguments):
    """Search the facts that were kept."""

    query: str = Field(description="What to look for.")
    tags: list[str] = Field(default_factory=list, description="Only those with all of these tags.")
    limit: int = Field(default=5, ge=1, le=20, description="How many.")


class ConversationSearch(_Arguments):
    """Search everything that was said in this conversation, by both sides."""

    query: str = Field(description="What to look for; a time such as 'last week' counts.")
    limit: int = Field(default=5, ge=1, le=20, description="How many.")
    since: date | None = Field(default=None, description="Not before this day, as 2026-01-31.")
    until: date | None = Field(default=None, description="Not after this day.")


def edit(agent: Agent, asked: Edit) -> Done:
    """Change a block. Raises UsageError, NotAllowed."""
    block = agent.edit(asked.label, asked.changed, by=MODEL)
    text = f"{block.label} now has {len(block.value)} of {block.limit} characters:\n{block.value}"
    return Done(text=text, block=block)


def archival_insert(agent: Agent, asked: ArchivalInsert) -> Done:
    """Keep a passage. Raises InvalidText."""
    number = agent.archive(asked.text, tags=asked.tags, trust="model")
    return Done(text=f"Kept as number {number}.", kept=number)


def archival_search(agent: Agent, asked: ArchivalSearch) -> Done:
    """The passages that answer a query."""
    found = agent.recall(asked.query, asked.limit, kind="passage", tags=asked.tags).found
    return _found(found, "Nothing was kept about that.")


def conversation_search(agent: Agent, asked: ConversationSearch) -> Done:
    """The messages that answer a query, from the days that are asked for."""
    found = agent.recall(
        asked.query, asked.limit, kind="message", since=asked.since, until=asked.until
    ).found
    return _found(found, "Nothing was said about that.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function, and the form of its arguments."""

    arguments: type[_Arguments]
    run: Callable[[Agent, Any], Done]


TOOLS: Mapping[str, Tool] = {
    "memory_insert": Tool(arguments=MemoryInsert, run=edit),
    "memory_replace": Tool(arguments=MemoryReplace, run=edit),
    "memory_rethink": Tool(arguments=MemoryRethink, run=edit),
    "archival_insert": Tool(arguments=ArchivalInsert, run=archival_insert),
    "archival_search": Tool(arguments=ArchivalSearch, run=archival_search),
    "conversation_search": Tool(arguments=ConversationSearch, run=conversation_search),
}


def definitions() -> list[dict[str, Any]]:
    """The tools as any agent's model is told of them: always the same."""
    return [_definition(name, tool) for name, tool in TOOLS.items()]


def understood(name: str, arguments: Mapping[str, Any]) -> tuple[Tool, Any]:
    """The tool of this name, and its arguments as they are meant. Raises UsageError."""
    tool = TOOLS.get(name)
    if tool is None:
        raise UsageError(
            f"There is no tool {name!r}", why="the tools are " + ", ".join(TOOLS), remedy="use one"
        )
    try:
        asked = tool.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"The arguments of {name} are not in order",
            why=f"{place}: {first['msg']}",
            remedy="arguments: " + ", ".join(tool.arguments.model_fields),
        ) from error
    return tool, asked


def _definition(name: str, tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": (tool.arguments.__doc__ or "").strip(),
            "parameters": _form(tool),
        },
    }


def _form(tool: Tool) -> dict[str, Any]:
    """The arguments as a JSON schema without what says nothing to a model."""
    form = tool.arguments.model_json_schema()
    fields = {name: _field(plain) for name, plain in form["properties"].items()}
    return {"type": "object", "properties": fields, "required": form["required"]}


def _field(plain: Mapping[str, Any]) -> dict[str, Any]:
    """One argument; where it may be left out, its default says so."""
    kind = next(iter(plain.get("anyOf", [{}])))
    named = {key: value for key, value in plain.items() if key not in ("title", "anyOf")}
    return {key: value for key, value in (kind | named).items() if value is not None}


def _found(found: Sequence[Recalled], nothing: str) -> Done:
    return Done(text="\n\n".join(shown(one.piece) for one in found) or nothing)
