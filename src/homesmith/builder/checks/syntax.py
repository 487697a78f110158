"""The syntax check: every file can be read as what its name says it is."""

from __future__ import annotations

import ast
import json
import re
import time
import tomllib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import playwright

from homesmith.builder.checks.confined import run
from homesmith.builder.checks.markup import Named, read_markup
from homesmith.builder.checks.scratch import Scratch, scratch
from homesmith.builder.checks.sources import app_files, chosen, sources
from homesmith.builder.checks.verdicts import conclude, failed, passed
from homesmith.core.checks import Finding, Inspection, Verdict
from homesmith.core.sandboxes import Limits, Sandbox

NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = (".js", ".mjs")
OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
EXPORTS = re.compile(r"^export\s", re.MULTILINE)
SCRIPT_LINE = re.compile(r"script\.[cm]js:(\d+)\n")
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
    except (RecursionError, MemoryError):
        return [Named(value="nested too deeply", line=0)]
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
    except RecursionError:
        return [Named(value="nested too deeply", line=0)]
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
    scripts = list(_all_scripts(inspection))
    if inspection.sandbox is None or not scripts or not NODE.exists():
        return []
    with scratch(inspection.root) as place:
        return [await _parse(inspection.sandbox, place, script) for script in scripts]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Script:
    """A script of its own, or one in a page that begins after line `offset`."""

    name: str
    file: str
    text: str
    module: bool
    offset: int = 0


def _all_scripts(inspection: Inspection) -> Iterator[_Script]:
    pages = sources(inspection.root, ".html")
    modules = {
        name.removeprefix("./").lstrip("/")
        for page in pages.values()
        for name in read_markup(page, fragment=True).modules
    }
    for name, text in chosen(inspection, *SCRIPT).items():
        module = name in modules or name.endswith(".mjs") or bool(modules and EXPORTS.search(text))
        yield _Script(name=name, file=name, text=text, module=module)
    for page in chosen(inspection, ".html"):
        for number, item in enumerate(read_markup(pages[page], fragment=True).inline, start=1):
            name = f"{page}:script-{number}"
            yield _Script(name=name, file=page, text=item.value, module=False, offset=item.line - 1)


async def _parse(sandbox: Sandbox, place: Scratch, script: _Script) -> Finding:
    target = place.out / ("script.mjs" if script.module else "script.cjs")
    target.write_text(script.text, encoding="utf-8")
    execution = await run(
        sandbox,
        place,
        (str(NODE), "--check", str(target)),
        limits=Limits(seconds=60, cpu_seconds=20, memory=8 << 30),
        readable=(NODE.parent,),
    )
    name = f"syntax:{script.name}"
    if execution.exit_code == 0:
        return passed(name)
    said = execution.stderr.decode("utf-8", "replace")
    error, place_in_file = SCRIPT_ERROR.search(said), SCRIPT_LINE.search(said)
    if error is None or place_in_file is None:
        return Finding(name=name, outcome="skipped", message="JavaScript was not parsed")
    line = int(place_in_file[1]) + script.offset
    near = said[place_in_file.end() :].splitlines()[0].strip()[:60]
    message = f"{script.file}:{line}: {error[1]} near `{near}`"
    return failed(name, message, file=script.file, line=line)
