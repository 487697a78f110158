"""Code in an answer is indented as the person likes it, however the answer comes in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.engines import fold
from homesmith.core.models import ModelId
from homesmith.core.requests import Delta, Ended, Event, Started, Usage
from homesmith.runtime.indenting import indented, indenting

ANSWER = """\
Here it is:
    not code
```python
def f(x):
    \"\"\"Say x.

    >>> f(1)
    \"\"\"
    if x:
        return [x,
                1]
    text = \"\"\"
    kept
      as it is
\"\"\"
    return text
```
```yaml
a:
  b: 1
```
- in a list
  ```js
  const f = () => {
    const t = `
      kept
    `
    return t
  }
  ```
~~~
    a drawing
~~~
"""
TABBED = """\
Here it is:
    not code
```python
def f(x):
\t\"\"\"Say x.

\t>>> f(1)
\t\"\"\"
\tif x:
\t\treturn [x,
\t\t\t\t1]
\ttext = \"\"\"
    kept
      as it is
\"\"\"
\treturn text
```
```yaml
a:
  b: 1
```
- in a list
  ```js
  const f = () => {
  \tconst t = `
      kept
    `
  \treturn t
  }
  ```
~~~
    a drawing
~~~
"""


async def _stream(pieces: Sequence[str]) -> AsyncGenerator[Event, None]:
    for piece in pieces:
        yield Delta(text=piece)
    yield Ended(reason="stop", usage=Usage())


def _said(pieces: Sequence[str], indentation: str, shown: Sequence[str] = ()) -> str:
    events = indenting(_stream(pieces), indentation, shown)
    return asyncio.run(fold(events)).text


@given(cuts=st.lists(st.integers(0, len(ANSWER)), max_size=40))
def test_the_pieces_do_not_matter(cuts: list[int]) -> None:
    places = sorted({0, *cuts, len(ANSWER)})
    pieces = [ANSWER[start:end] for start, end in pairwise(places)]
    assert _said(pieces, "tabs") == TABBED


def test_an_event_amid_a_line_does_not_end_it() -> None:
    async def events() -> AsyncGenerator[Event, None]:
        yield Delta(text="```py\nif a:\n    ")
        yield Started(model=ModelId("m"), prompt_tokens=1)
        yield Delta(text="b\n```")
        yield Ended(reason="stop", usage=Usage())

    said = asyncio.run(fold(indenting(events(), "tabs"))).text
    assert said == "```py\nif a:\n\tb\n```"


@given(text=st.text(alphabet="` ~\n\tapy:{\"'"), indentation=st.sampled_from(["tabs", "2 spaces"]))
def test_only_blank_space_at_the_beginning_of_lines_changes(text: str, indentation: str) -> None:
    made = indented(text, indentation)
    assert [line.lstrip(" \t") for line in made.split("\n")] == [
        line.lstrip(" \t") for line in text.split("\n")
    ]
    assert _said(list(text), indentation) == made


def test_spaces_are_made_as_many_as_are_liked_and_of_tabs_too() -> None:
    four = "```ts\nif (a) {\n    b\n        c\n}\n```"
    assert indented(four, "2 spaces") == "```ts\nif (a) {\n  b\n    c\n}\n```"
    assert indented(four.replace("    ", "\t"), "2 spaces") == indented(four, "2 spaces")
    assert indented(four, "4 spaces") == four


@pytest.mark.parametrize("wish", ["", "tabs in Go", "9 spaces"])
def test_what_is_no_such_wish_changes_nothing(wish: str) -> None:
    assert _said([ANSWER], wish) == ANSWER


def test_code_that_was_given_is_answered_as_it_is_indented() -> None:
    assert _said([ANSWER], "tabs", ["why?\ndef f():\n    pass"]) == ANSWER
    assert _said([ANSWER], "tabs", ["why?\ndef f():\n\tpass", "- a list\n  - b"]) == TABBED
