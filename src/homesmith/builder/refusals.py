"""What the form of a server's page refuses, and with which words: read from the request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from homesmith.builder.literals import QUOTED, quoted
from homesmith.builder.mentions import calls

BLANK = re.compile(r"\b(?:blank|empty|only spaces|missing)\b")
ENTER = re.compile(r"^(?:Please )?(?:enter|give|add|type|fill)\b|\brequired\b", re.IGNORECASE)
START = re.compile(r"\bstarts? with (\S+://)(?: or (\S+://))?")
LONGER = re.compile(r"\blonger than (\d+) characters\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A field, the condition under which it is refused, a value that is, and the message.

    `condition` and `wrong` are Python.
    """

    field: str
    condition: str
    wrong: str
    message: str


def refusals(fields: Sequence[str], told: Sequence[str]) -> tuple[Refusal, ...]:
    """One for each field and condition that the sentences `told` give a message for."""
    found: dict[tuple[str, str], Refusal] = {}
    for sentence in told:
        for one in _refused(fields, sentence):
            found.setdefault((one.field, one.condition), one)
    return tuple(found.values())


def _refused(fields: Sequence[str], sentence: str) -> Iterator[Refusal]:
    texts = [text for text in quoted(sentence) if " " in text]
    longer = LONGER.search(sentence)
    for field in fields:
        name = re.sub(r"\W", "_", field)
        mine = next((text for text in texts if _about(field, text)), "")
        mine = mine or (texts[0] if len(texts) == 1 and _alone(field, fields, sentence) else "")
        start = START.search(mine)
        if start:
            starts = ", ".join(json.dumps(part) for part in start.groups() if part)
            starts = f"({starts})" if start[2] else starts
            condition = f"not {name}.startswith({starts})"
            yield Refusal(field=field, condition=condition, wrong='"nothing"', message=mine)
        elif mine and (BLANK.search(sentence) or ENTER.search(mine)):
            yield Refusal(field=field, condition=f"not {name}", wrong='" "', message=mine)
        if longer and texts and calls(field, sentence[: longer.start()]):
            most = int(longer[1])
            after = next((t for t in texts if sentence.find(t) > longer.start()), texts[-1])
            condition, wrong = f"len({name}) > {most}", f'"x" * {most + 1}'
            yield Refusal(field=field, condition=condition, wrong=wrong, message=after)


def _alone(field: str, fields: Sequence[str], sentence: str) -> bool:
    """Whether a sentence says outside of its texts that this one of the fields is empty."""
    said = QUOTED.sub("", sentence)
    called = [one for one in fields if calls(one, said) or f"`{one}`" in sentence]
    return (
        called == [field] and re.search(r"\b(?:is|are) (?:blank|empty|missing)\b", said) is not None
    )


def _about(field: str, message: str) -> bool:
    """Whether a message calls a field by its name; an address is a url."""
    address = field == "url" and re.search(r"\baddress|\burl\b|\blink\b", message, re.IGNORECASE)
    return calls(field, message) or bool(address)
