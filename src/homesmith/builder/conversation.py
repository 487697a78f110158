"""What the model reads, in an order that keeps its KV cache: what never changes stands first.

[rules of the template] [a worked example: request, then each file as it should be]
[the person, if known] [the request with its criteria] [files written so far] [the file to write]

It does not know what an answer is good for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homesmith.builder.controls import TESTID
from homesmith.builder.entries import repeated
from homesmith.builder.literals import literals
from homesmith.builder.personal import NOBODY, Personal
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
    template: Template,
    fill: Fill,
    *,
    request: str,
    files: Mapping[str, str],
    personal: Personal = NOBODY,
) -> tuple[Message, ...]:
    """The turns after the head that lead to `fill`: files it sees as if just written, then it.

    What is known of the person stands at their beginning.
    """
    messages: list[Message] = []
    for earlier in template.fills:
        if earlier.path == fill.path:
            break
        if earlier.path in fill.sees and earlier.path in files:
            messages.append(user(_task(earlier, request, files, first=not messages)))
            messages.append(assistant(fenced(earlier, files[earlier.path])))
    messages.append(user(_task(fill, request, files, first=not messages)))
    return (user(personal.before(messages[0].text)), *messages[1:])


def _present(fill: Fill, files: Mapping[str, str]) -> tuple[str, ...]:
    """The data-testids of the files a fill sees."""
    seen = "\n".join(files.get(path, "") for path in fill.sees)
    return tuple(dict.fromkeys(TESTID.findall(seen)))


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


def in_full(
    request: str, criteria: Sequence[str], details: str = "", changes: Sequence[str] = ()
) -> str:
    """All that is asked of an app: the person's words, what they were taken to mean, and the
    changes since.
    """
    first = f"{request.strip()}\n\n{details}" if details else framed(request, criteria)
    return "\n\n".join([first, *changes])


def fenced(fill: Fill, text: str) -> str:
    """A file the way the model is made to write it."""
    return f"```{fill.language}\n{text.rstrip()}\n```"


def _worked(template: Template, example: Example) -> list[Message]:
    messages: list[Message] = []
    shown = dict(example.files)
    for fill in template.fills:
        if fill.path in shown:
            task = _task(fill, example.request, shown, first=not messages)
            messages.append(user(task))
            messages.append(assistant(fenced(fill, shown[fill.path])))
    return messages


def _task(fill: Fill, request: str, files: Mapping[str, str], *, first: bool) -> str:
    """The request and the file to write. Said again for each file, because what stands far back is
    lost; but not where an outline says it again, part by part.
    """
    parts = []
    if first:
        parts.append(request.strip())
    elif not fill.outline:
        parts.append(f"Again, what is asked for:\n{request.strip()}")
    parts += _names(fill, request, files)
    parts.append(f"Write {fill.path}: {fill.purpose}")
    return "\n\n".join(parts) + (f"\n{fill.instructions}" if fill.instructions else "")


def _names(fill: Fill, request: str, files: Mapping[str, str]) -> list[str]:
    """What the template says of the data-testids that concern this file."""
    asked = literals(request).testids
    present = _present(fill, files)
    lists = {
        "names": asked,
        "present": present,
        "repeated": repeated(request),
        "missing": tuple(name for name in asked if name not in present),
    }
    said = []
    for sentence in fill.names:
        used = [key for key in lists if f"{{{key}}}" in sentence]
        if all(lists[key] for key in used):
            said.append(sentence.format(**{key: ", ".join(lists[key]) for key in used}))
    return [" ".join(said)] if said else []
