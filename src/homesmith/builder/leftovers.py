"""Words of the worked example in what a model wrote, told as the app's own.

A small model copies names from the example it was shown: a function `find_boat`, a heading "Boat
hire", in an app that keeps bookmarks. What the request itself speaks of is left as it stands.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from homesmith.builder.server_facts import server_of
from homesmith.builder.template import Example

HEADING = re.compile(r"(<h1\b[^>]*>)(.*?)(?=</h1>)", re.DOTALL)
CODE = re.compile(r"(\{[{%].*?[%}]\})", re.DOTALL)
"""A piece of code in a page that a server renders."""
PART = r"(?<=[/.#-]){name}\b|\b{name}(?=[/-])|(?<==\"){name}(?=\")"
"""A name in a path or a selector, or as the whole value of an attribute, which have no spaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """The names of the example's things beside the app's own, longer ones first, and the headings
    of both pages.
    """

    names: tuple[tuple[str, str], ...] = ()
    heading: str = ""
    title: str = ""

    def in_code(self, text: str) -> str:
        """Code with the app's own names."""
        for name, own in self.names:
            for theirs, ours in ((name, own), (name.title(), own.title().replace("_", ""))):
                text = re.sub(rf"(?<![A-Za-z]){theirs}(?![a-z])", ours, text)
        return text

    def in_page(self, page: str) -> str:
        """A page with the app's own names and heading."""
        found = HEADING.search(page)
        if found and self.heading and found[2].strip() == self.heading:
            page = page[: found.start(2)] + html.escape(self.title) + page[found.end(2) :]
        # What stands between two pieces of code is for people.
        pieces = CODE.split(page)
        told = [self.in_code(one) if at % 2 else self._told(one) for at, one in enumerate(pieces)]
        return "".join(told)

    def _told(self, text: str) -> str:
        for name, own in self.names:
            text = re.sub(rf"(?<![A-Za-z]){name}(?=_)|(?<=_){name}(?![a-z])", own, text)
            text = re.sub(PART.format(name=name), own.replace("_", "-"), text)
            spoken = own.replace("_", " ")
            for theirs, ours in ((name, spoken), (name.capitalize(), spoken.capitalize())):
                text = re.sub(rf"\b{theirs}\b", ours, text)
        return text


def leftovers(example: Example | None, request: str, title: str) -> Leftovers:
    """What may be left over of an example in an app of this request and title."""
    if example is None:
        return Leftovers()
    page = next((text for path, text in example.files.items() if path.endswith(".html")), "")
    found = HEADING.search(page)
    heading = found[2].strip() if found else ""
    kept = Leftovers(heading="" if heading and heading in request else heading, title=title)
    theirs, ours = server_of(example.request, page=True), server_of(request, page=True)
    if theirs is None or ours is None or re.search(rf"\b{theirs.noun}", request, re.IGNORECASE):
        return kept
    names = ((theirs.plural, ours.plural), (theirs.noun, ours.noun))
    return Leftovers(names=names, heading=kept.heading, title=title)
