"""From a model's answer to the summary of a stretch, if its words are those of the stretch."""

from __future__ import annotations

from collections.abc import Sequence

from homesmith.core.learning import Gain, Learned
from homesmith.core.memories import Memory
from homesmith.memory.chunks import chunks, head_of
from homesmith.memory.learning.answers import OTHER, line_of, read_text
from homesmith.memory.learning.grounding import SENTENCE, alike, grounded
from homesmith.memory.learning.questions import SUMMARY, who

LEAST = 4
"""Messages that are worth a summary; fewer are one themselves."""
UNSAID = "a summary of something else"


def to_sum(messages: Sequence[Memory]) -> tuple[Memory, ...]:
    """The messages that a summary is made of; none of a short stretch.

    Where something from outside was read, the model's words may be those of a page, and only the
    person's count.
    """
    speakers = {who(one) for one in messages}
    counted = ("person", "assistant") if speakers <= {"person", "assistant"} else ("person",)
    ours = tuple(one for one in messages if who(one) in counted)
    return ours if len(ours) >= LEAST else ()


def taken(answer: str, messages: Sequence[Memory]) -> Gain | str:
    """The summary; a word for what is wrong when the answer cannot be read."""
    told, wrong = read_text(answer, "summary")
    if wrong:
        return wrong
    text = _whole(line_of(told, SUMMARY))
    if not text:
        return OTHER
    if not grounded(text, [one.text for one in messages]):
        return Gain(counts={UNSAID: 1})
    last = messages[-1]
    memory = Memory(
        id=0,
        kind="summary",
        session=last.session,
        speaker="summary",
        text=text,
        at=last.at,
        trust="model",
    )
    head = head_of(speaker="summary", at=last.at)
    sources = tuple(one.id for one in messages)
    learned = Learned(memory=memory, chunks=chunks(text, head=head), sources=sources)
    return Gain(learned=(learned,))


def _whole(text: str) -> str:
    """The sentences that have an end, each once: small models repeat themselves until cut off."""
    kept: list[str] = []
    for sentence in SENTENCE.split(text):
        if sentence.endswith((".", "!", "?")) and not any(alike(sentence, one) for one in kept):
            kept.append(sentence)
    return " ".join(kept)
