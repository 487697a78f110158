"""The syntax check: every file can be read as what its name says it is."""

from __future__ import annotations

import ast
import json
import re
import time
import tomllib
import warnings
from collections.abc import Callable
from pathlib import Path

import playwright

from homesmith.builder.checks.confined import run
from homesmith.builder.checks.markup import Markup, Named, read_markup
from homesmith.builder.checks.scratch import Scratch, scratch
from homesmith.builder.checks.sources import app_files, chosen, sources
from homesmith.builder.checks.verdicts import conclude, failed, passed
from homesmith.core.checks import Finding, Inspection, Verdict
from homesmith.core.sandboxes import Limits, Sandbox

NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = (".js", ".mjs")
OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
SCRIPT_LINE = re.compile(r":(\d+)\n")
SCRIPT_ERROR = re.compile(r"^(SyntaxError: .*)$", re.MULTILINE)


class SyntaxCheck:
    """Python, JSON, TOML, HTML, CSS and JavaScript parse, and pages name files that exist."""

    name = "syntax"
    cost = 0

    def applies(self, inspection: Inspection) -> bool:
        return True

    async def check(self, inspection: Inspection) -> Verdict:
        started = time.monotonic()
        findings: list[Finding] = []
        for name, text in chosen(inspection).items():
            findings += read_file(name, text)
        findings += _links(inspection)
        findings += await _scripts(inspection)
        return conclude(self.name, findings, started=started, done="every file can be read")


def read_file(name: str, text: str) -> list[Finding]:
    """What is wrong with one file, or one passed finding. JavaScript needs an engine: not here."""
    reader = _READERS.get(Path(name).suffix.lower())
    if reader is None:
        return []
    problems = reader(text)
    return [
        failed(f"syntax:{name}", f"{name}:{item.line}: {item.value}", file=name, line=item.line)
        for item in problems[:5]
    ] or [passed(f"syntax:{name}")]


def _python(text: str) -> list[Named]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        shown = (error.text or "").strip()
        near = f" near `{shown[:60]}`" if shown else ""
        return [Named(value=f"{error.msg}{near}", line=error.lineno or 0)]
    except ValueError as error:
        return [Named(value=str(error), line=0)]
    return []


def _json(text: str) -> list[Named]:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return [Named(value=error.msg, line=error.lineno)]
    except RecursionError:
        return [Named(value="nested too deeply", line=0)]
    return []


def _toml(text: str) -> list[Named]:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        return [Named(value=str(error), line=int(line[1]) if line else 0)]
    return []


def _html(text: str) -> list[Named]:
    return read_markup(text, fragment="{%" in text).problems


def _css(text: str) -> list[Named]:
    """Balanced braces, comments and quotes left aside."""
    plain = re.sub(r"/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", _blank, text, flags=re.DOTALL)
    opened: list[int] = []
    for number, line in enumerate(plain.splitlines(), start=1):
        for sign in line:
            if sign == "{":
                opened.append(number)
            elif sign == "}" and not opened:
                return [Named(value="} closes nothing", line=number)]
            elif sign == "}":
                opened.pop()
    return [Named(value="{ is never closed", line=opened[-1])] if opened else []


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


_READERS: dict[str, Callable[[str], list[Named]]] = {
    ".py": _python,
    ".json": _json,
    ".toml": _toml,
    ".html": _html,
    ".css": _css,
}


def _links(inspection: Inspection) -> list[Finding]:
    """Scripts and style sheets that a static page asks for and that are not there."""
    findings = []
    files = set(app_files(inspection.root))
    for name, text in chosen(inspection, ".html").items():
        markup = read_markup(text, fragment=True)
        for item in (*markup.scripts, *markup.styles):
            reason = _missing(name, item, files)
            if reason:
                findings.append(
                    failed(
                        f"link:{name}:{item.value}",
                        f"{name}:{item.line}: {reason}",
                        file=name,
                        line=item.line,
                    )
                )
    return findings


def _missing(page: str, item: Named, files: set[str]) -> str:
    if OUTSIDE.match(item.value):
        if item.value.startswith("data:"):
            return ""
        return f"{item.value} is on the internet; the app must work offline"
    path = re.split(r"[?#]", item.value)[0]
    if path.startswith("/") or "/templates/" in f"/{page}" or "{" in path or path == "x":
        return ""  # A server decides what stands behind its paths.
    parts = [part for part in (*Path(page).parent.parts, *Path(path).parts) if part != "."]
    return "" if "/".join(parts) in files else f"{item.value} does not exist"


async def _scripts(inspection: Inspection) -> list[Finding]:
    """Parse JavaScript with Playwright's own Node, in the sandbox; without one, say nothing."""
    scripts = chosen(inspection, *SCRIPT)
    if inspection.sandbox is None or not scripts or not NODE.exists():
        return []
    pages = sources(inspection.root, ".html").values()
    modules = {name for page in pages for name in _modules(read_markup(page, fragment=True))}
    with scratch(inspection.root) as place:
        return [
            await _script(inspection.sandbox, place, name, module=_is_module(name, text, modules))
            for name, text in scripts.items()
        ]


def _modules(markup: Markup) -> list[str]:
    return [Path(name.lstrip("/")).as_posix() for name in markup.modules]


def _is_module(name: str, text: str, modules: set[str]) -> bool:
    return (
        name in modules
        or name.endswith(".mjs")
        or (bool(modules) and bool(re.search(r"^export\s", text, re.MULTILINE)))
    )


async def _script(sandbox: Sandbox, place: Scratch, name: str, *, module: bool) -> Finding:
    target = place.app / name
    if module != name.endswith(".mjs"):
        target = target.with_suffix(".check.mjs" if module else ".check.cjs")
        target.write_bytes((place.app / name).read_bytes())
    execution = await run(
        sandbox,
        place,
        (str(NODE), "--check", str(target)),
        limits=Limits(seconds=20, memory=8 << 30),
        readable=(NODE.parent,),
    )
    if execution.exit_code == 0:
        return passed(f"syntax:{name}")
    said = execution.stderr.decode("utf-8", "replace")
    error, line = SCRIPT_ERROR.search(said), SCRIPT_LINE.search(said)
    if error is None:
        return Finding(
            name=f"syntax:{name}", outcome="skipped", message="JavaScript was not parsed"
        )
    number = int(line[1]) if line else 0
    near = said.splitlines()[1].strip()[:60] if len(said.splitlines()) > 1 else ""
    return failed(
        f"syntax:{name}", f"{name}:{number}: {error[1]} near `{near}`", file=name, line=number
    )
