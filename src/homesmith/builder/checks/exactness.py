"""The exactness check: names, texts and paths that the person gave word for word are in the app."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable

from homesmith.builder.checks.sources import sources
from homesmith.builder.checks.verdicts import conclude, failed, passed
from homesmith.core.checks import Finding, Inspection, Verdict

KINDS = {"testids": "data-testid", "texts": "text", "routes": "path"}
SHOWN = (".html", ".js", ".mjs", ".py", ".css")


class ExactnessCheck:
    """Each literal of `options["literals"]` occurs in what the app is made of."""

    name = "exactness"
    cost = 0

    def applies(self, inspection: Inspection) -> bool:
        return any(inspection.options.get("literals", {}).values())

    async def check(self, inspection: Inspection) -> Verdict:
        started = time.monotonic()
        literals = inspection.options.get("literals", {})
        texts = sources(inspection.root, *SHOWN)
        own = {name: text for name, text in texts.items() if not name.startswith("tests/")}
        whole = _plain("\n".join(_spoken(name, text) for name, text in own.items()))
        findings = [
            _finding(kind, str(literal), whole)
            for kind in KINDS
            for literal in _unique(literals.get(kind, ()))
        ]
        return conclude(self.name, findings, started=started, done="every given word is there")


def _unique(literals: Iterable[object]) -> Iterable[object]:
    return dict.fromkeys(literals)


def _finding(kind: str, literal: str, whole: str) -> Finding:
    name = f"{kind}:{literal}"[:120]
    if _occurs(kind, literal, whole):
        return passed(name)
    return failed(
        name, f'the {KINDS[kind]} "{literal}" was asked for, but it is nowhere in the app'
    )


def _occurs(kind: str, literal: str, whole: str) -> bool:
    wanted = _plain(literal)
    if kind == "routes":
        pattern = re.sub(r"\\?\{[^}]*\}|:[A-Za-z_]\w*|<[^>]*>", "\0", wanted)
        parts = [re.escape(part) for part in pattern.split("\0")]
        return re.search(r"[^\"'`\s]+".join(parts), whole) is not None
    if kind == "testids":
        return re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", whole) is not None
    return wanted in whole


def _spoken(name: str, text: str) -> str:
    """The file without comments that fill a line: what is only talked about is not there."""
    if name.endswith(".html"):
        return re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    sign = "#" if name.endswith(".py") else "//"
    return re.sub(rf"^[ \t]*{sign}.*$", "", text, flags=re.MULTILINE)


def _plain(text: str) -> str:
    """One spelling for what HTML and JavaScript can write in several ways."""
    text = html.unescape(text)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\([\"'`])", r"\1", text)
    return " ".join(text.split())
