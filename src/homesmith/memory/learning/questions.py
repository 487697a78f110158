"""What a model is asked about a stretch of talk: prompts beside this module, and their grammars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from homesmith.core.memories import Block, Memory
from homesmith.memory.chunks import day_of

FOLDER = Path(__file__).parent / "prompts"
SENTENCE, SUMMARY = 240, 700
"""Characters of a fact or a line, and of a summary."""
SHOWN = 1500
"""Characters of one message that the model reads; of a longer one, its beginning."""
FACTS, EDITS = 8, 6
"""So many of them are taken from one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a model reads, the grammar of its answer, and how many tokens that may have.

    `system` never changes, so that it is read once; `prompt` is about one stretch.
    """

    system: str
    prompt: str
    schema: Mapping[str, Any]
    tokens: int


def about_facts(messages: Sequence[Memory], known: Sequence[Memory]) -> Question:
    """Which facts the messages tell; those `known` already are shown with numbers."""
    prompt = _worded(
        "facts.ask",
        day=day_of(messages[0].at),
        known=_numbered([fact.text for fact in known]) or "none",
        talk=talk(messages),
    )
    properties = {
        "text": {"type": "string", "maxLength": SENTENCE},
        "from": {
            "type": "array",
            "items": {"type": "integer", "enum": list(range(1, len(messages) + 1))},
            "minItems": 1,
            "maxItems": 4,
        },
        "replaces": {"type": "integer", "enum": list(range(len(known) + 1))},
    }
    schema = _object({"facts": _list(_object(properties), FACTS)})
    return Question(system=_worded("facts"), prompt=prompt, schema=schema, tokens=700)


def about_edits(blocks: Sequence[Block], facts: Sequence[str], past: Sequence[str]) -> Question:
    """How the lines of the blocks change with new facts, and with those that no longer hold."""
    shown = "\n\n".join(
        f"Block {block.label} ({block.description or 'no description'}):\n"
        + (_numbered(lines_of(block.value)) or "(empty)")
        for block in blocks
    )
    prompt = _worded(
        "edits.ask", blocks=shown, facts=_plain(facts), past=_plain(past) if past else "none"
    )
    longest = max(len(lines_of(block.value)) for block in blocks)
    properties = {
        "block": {"type": "string", "enum": [block.label for block in blocks]},
        "line": {"type": "integer", "enum": list(range(longest + 1))},
        "action": {"type": "string", "enum": ["replace", "insert", "delete"]},
        "text": {"type": "string", "maxLength": SENTENCE},
    }
    schema = _object({"edits": _list(_object(properties), EDITS)})
    return Question(system=_worded("edits"), prompt=prompt, schema=schema, tokens=500)


def about_summary(messages: Sequence[Memory]) -> Question:
    """What the stretch was about, in a few sentences."""
    prompt = _worded("summary.ask", day=day_of(messages[0].at), talk=talk(messages))
    schema = _object({"summary": {"type": "string", "maxLength": SUMMARY}})
    return Question(system=_worded("summary"), prompt=prompt, schema=schema, tokens=300)


def talk(messages: Sequence[Memory]) -> str:
    """The messages as numbered lines, each with who said it."""
    return "\n".join(f"{at}. {who(one)}: {_shown(one.text)}" for at, one in enumerate(messages, 1))


def who(message: Memory) -> str:
    """Who speaks, as a model is told: the person, the assistant, or something from outside."""
    if message.trust == "outside" or message.speaker not in ("user", "assistant"):
        return f"from outside ({message.source or message.speaker})"
    return "person" if message.speaker == "user" else "assistant"


def lines_of(value: str) -> list[str]:
    """The lines of a block; an empty one has none."""
    return value.split("\n") if value else []


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[:SHOWN] + " …"


def _numbered(lines: Sequence[str]) -> str:
    return "\n".join(f"{at}. {line}" for at, line in enumerate(lines, start=1))


def _plain(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), "maxItems": most}


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.md").read_text(encoding="utf-8").strip())


def _worded(name: str, **values: str) -> str:
    """The prompt with its blanks filled. Raises KeyError for one that nobody fills."""
    return _template(name).substitute(values)
