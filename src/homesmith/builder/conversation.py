"""What the model reads, in an order that keeps its KV cache: what never changes stands first.

[rules of the template] [a worked example: request, then each file as it should be]
[the request with its criteria] [files of this app written so far] [the file to write now]

It does not know what an answer is good for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homesmith.builder.template import Example, Fill, Template
from homesmith.context.relevance import rank
from homesmith.core.messages import Message, assistant, system, user


def head(template: Template, example: Example | None) -> tuple[Message, ...]:
    """The stable beginning: rules, and the example as a finished conversation."""
    messages = [system(template.rules)]
    if example is not None:
        messages += _worked(template, example)
    return tuple(messages)


def ask_for(
    template: Template, fill: Fill, *, request: str, files: Mapping[str, str]
) -> tuple[Message, ...]:
    """The turns after the head that lead to `fill`: files it sees as if just written, then it."""
    messages: list[Message] = []
    opening = request
    for earlier in template.fills:
        if earlier.path == fill.path:
            break
        if earlier.path in fill.sees and earlier.path in files:
            messages.append(user(_task(opening, earlier)))
            messages.append(assistant(fenced(earlier, files[earlier.path])))
            opening = ""
    return (*messages, user(_task(opening, fill)))


def after(turns: Sequence[Message], fill: Fill, text: str, request: str) -> tuple[Message, ...]:
    """The conversation goes on: the model wrote `text`, and is now asked for `request`."""
    return (*turns, assistant(fenced(fill, text)), user(request))


def nearest_example(template: Template, request: str) -> Example | None:
    """The template's example whose request is most like this one; None without examples."""
    if not template.examples:
        return None
    by_name = {example.name: example for example in template.examples}
    ranked = rank(request, {name: example.about for name, example in by_name.items()})
    return by_name[ranked[0].name] if ranked else template.examples[0]


def framed(request: str, criteria: Sequence[str]) -> str:
    """The person's words, unchanged, then the criteria if the words alone say little."""
    if len(request.split()) >= 60 or not criteria:
        return request.strip()
    lines = "\n".join(f"- {criterion}" for criterion in criteria)
    return f"{request.strip()}\n\nIt must show:\n{lines}"


def fenced(fill: Fill, text: str) -> str:
    """A file the way the model is made to write it."""
    return f"```{fill.language}\n{text.rstrip()}\n```"


def _worked(template: Template, example: Example) -> list[Message]:
    messages: list[Message] = []
    shown = dict(example.files)
    opening = example.request
    for fill in template.fills:
        if fill.path in shown:
            messages.append(user(_task(opening, fill)))
            messages.append(assistant(fenced(fill, shown[fill.path])))
            opening = ""
    return messages


def _task(opening: str, fill: Fill) -> str:
    task = f"Write {fill.path}: {fill.purpose}"
    if fill.instructions:
        task += "\n" + fill.instructions
    return f"{opening.strip()}\n\n{task}" if opening else task
