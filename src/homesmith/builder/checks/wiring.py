"""The imports check: what one file names, another file or a library really has.

Python imports, and in JavaScript the ids and test ids that are looked up and the functions that
HTML attributes call. It reads text only: names that are put together while running are let pass.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from homesmith.builder.checks.markup import Named, read_markup
from homesmith.builder.checks.sources import chosen, line_of, sources
from homesmith.builder.checks.verdicts import conclude, failed
from homesmith.core.checks import Finding, Inspection, Verdict

INSTALLED = (
    "fastapi starlette pydantic pydantic_core jinja2 markupsafe uvicorn multipart "
    "python_multipart pytest httpx2 anyio typing_extensions annotated_types"
)
LIBRARIES = frozenset(INSTALLED.split())
NAME = r"[A-Za-z_][\w-]*"
LOOKS_UP = (
    ("id", re.compile(rf"getElementById\(\s*[\"'`]({NAME})[\"'`]\s*\)")),
    ("id", re.compile(rf"querySelector(?:All)?\(\s*[\"'`]#({NAME})[\"'`\s.:>\[]")),
    ("data-testid", re.compile(rf"\[data-testid=\\?[\"']?({NAME})\\?[\"']?\]")),
    ("data-testid", re.compile(rf"(?<![\w.$])find\(\s*[\"'`]({NAME})[\"'`]\s*\)")),
)
HELPER = re.compile(
    r"(?:function\s+|const\s+|let\s+|var\s+)\$\s*(?:\(|=)[^\n]*(?:\n[^\n]*)?getElementById"
)
HELPED = re.compile(rf"(?<![\w$])\$\(\s*[\"'`]({NAME})[\"'`]\s*\)")
MAKES = (
    ("id", re.compile(rf"\.id\s*=\s*[\"'`]({NAME})")),
    ("id", re.compile(rf"\bid\s*[=:]\s*\\?[\"'`]({NAME})")),
    ("id", re.compile(rf"setAttribute\(\s*[\"'`]id[\"'`]\s*,\s*[\"'`]({NAME})")),
    ("data-testid", re.compile(rf"testid\s*[=:]\s*\\?[\"'`]({NAME})", re.IGNORECASE)),
    ("data-testid", re.compile(rf"data-testid[\"'`]\s*[,:\]]\s*=?\s*[\"'`]({NAME})")),
)
COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=[\s;{}]))//[^\n]*", re.DOTALL | re.MULTILINE)
CALLED = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]*)\s*\(")
OWN_CALLS = (
    "if for while switch return function typeof alert confirm prompt parseInt parseFloat Number "
    "String Boolean setTimeout setInterval clearTimeout clearInterval fetch print scrollTo open "
    "close focus blur"
)
KNOWN_CALLS = frozenset(OWN_CALLS.split())


class ImportsCheck:
    """Every import, id, test id and handler that is named somewhere exists somewhere."""

    name = "imports"
    cost = 0

    def applies(self, inspection: Inspection) -> bool:
        return True

    async def check(self, inspection: Inspection) -> Verdict:
        started = time.monotonic()
        findings = [*_python(inspection), *_lookups(inspection), *_handlers(inspection)]
        return conclude(self.name, findings, started=started, done="every name leads somewhere")


def _python(inspection: Inspection) -> Iterator[Finding]:
    trees = _trees(sources(inspection.root, ".py"))
    own = {_module(name): name for name in trees}
    allowed = LIBRARIES | {str(item) for item in inspection.options.get("libraries", ())}
    for name in chosen(inspection, ".py"):
        if name not in trees:
            continue
        for node in ast.walk(trees[name]):
            yield from _import(name, node, trees, own, allowed)


def _trees(texts: Mapping[str, str]) -> dict[str, ast.Module]:
    trees = {}
    for name, text in texts.items():
        try:
            trees[name] = ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # The syntax check tells that.
    return trees


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _import(
    file: str,
    node: ast.AST,
    trees: Mapping[str, ast.Module],
    own: Mapping[str, str],
    allowed: frozenset[str],
) -> Iterator[Finding]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _top(file, node.lineno, alias.name, own, allowed)
    elif isinstance(node, ast.ImportFrom):
        module = _absolute(file, node)
        if module in own:
            names = [alias.name for alias in node.names]
            yield from _members(file, node.lineno, module, names, trees[own[module]], own)
        elif node.level == 0:
            yield from _top(file, node.lineno, module, own, allowed)


def _absolute(file: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parents = list(Path(file).parts[:-1])
    base = parents[: len(parents) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _top(
    file: str, line: int, module: str, own: Mapping[str, str], allowed: frozenset[str]
) -> Iterator[Finding]:
    top = module.partition(".")[0]
    packages = {name.partition(".")[0] for name in own}
    if top in sys.stdlib_module_names or top in allowed or top in packages:
        return
    yield failed(
        f"import:{file}:{top}",
        f'{file}:{line}: there is no module "{top}"; use the standard library, FastAPI or Jinja2',
        file=file,
        line=line,
    )


def _members(
    file: str, line: int, module: str, names: list[str], tree: ast.Module, own: Mapping[str, str]
) -> Iterator[Finding]:
    defined = _defined(tree)
    if "*" in names or "__getattr__" in defined or "*" in defined:
        return
    for name in names:
        if name not in defined and f"{module}.{name}" not in own:
            near = difflib.get_close_matches(name, defined, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            yield failed(
                f"import:{file}:{module}.{name}",
                f'{file}:{line}: {own[module]} has no "{name}"{hint}',
                file=file,
                line=line,
            )


def _defined(tree: ast.Module) -> set[str]:
    """Names a module binds anywhere at its top level, also under if and try."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {(item.asname or item.name).partition(".")[0] for item in aliases}
    return names


def _lookups(inspection: Inspection) -> Iterator[Finding]:
    pages = sources(inspection.root, ".html")
    scripts = {n: _code(text) for n, text in sources(inspection.root, ".js", ".mjs").items()}
    everything = {**pages, **scripts}
    known = {
        "id": {item.value for text in pages.values() for item in read_markup(text).ids},
        "data-testid": {i.value for text in pages.values() for i in read_markup(text).testids},
    }
    for kind, pattern in MAKES:
        known[kind] |= {found[1] for text in scripts.values() for found in pattern.finditer(text)}
    helped = any(HELPER.search(text) for text in everything.values())
    told: set[str] = set()
    for name in chosen(inspection, ".html", ".js", ".mjs"):
        for kind, wanted in _looked_up(name, everything[name], helped=helped):
            if wanted.value in known[kind] or _made_of_parts(wanted.value, known[kind]):
                continue
            if f"{kind}:{wanted.value}" not in told:
                told.add(f"{kind}:{wanted.value}")
                yield _unknown(name, kind, wanted, known[kind])


def _code(script: str) -> str:
    """A script without its comments; the lines stay where they are."""
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), script)


def _looked_up(name: str, text: str, *, helped: bool) -> Iterator[tuple[str, Named]]:
    patterns = [*LOOKS_UP, *([("id", HELPED)] if helped else [])]
    if name.endswith(".html"):
        patterns = [pattern for pattern in patterns if pattern[0] == "id"]
    for kind, pattern in patterns:
        for found in pattern.finditer(text):
            yield kind, Named(value=found[1], line=line_of(text, found.start()))


def _made_of_parts(name: str, known: Iterable[str]) -> bool:
    """True when something like `item-${id}` or `item-{{ id }}` may produce the name."""
    return any(item.endswith("-") and name.startswith(item) for item in known)


def _unknown(file: str, kind: str, wanted: Named, known: set[str]) -> Finding:
    near = (
        difflib.get_close_matches(wanted.value, sorted(known), n=3, cutoff=0.3) or sorted(known)[:5]
    )
    there = f"the page has {', '.join(near)}" if near else "the page has none"
    return failed(
        f"{kind}:{wanted.value}",
        f'{file}:{wanted.line}: looks for {kind} "{wanted.value}", but no element has it; {there}',
        file=file,
        line=wanted.line,
    )


def _handlers(inspection: Inspection) -> Iterator[Finding]:
    """Functions that an on… attribute calls and that no script defines for the whole page."""
    scripts = sources(inspection.root, ".js", ".mjs")
    for page, text in chosen(inspection, ".html").items():
        markup = read_markup(text, fragment=True)
        code = "\n".join((*scripts.values(), *(item.value for item in markup.inline)))
        for item in markup.handlers:
            for called in dict.fromkeys(CALLED.findall(item.value)):
                if called not in KNOWN_CALLS and not _is_global(
                    called, code, module=bool(markup.modules)
                ):
                    yield failed(
                        f"handler:{called}",
                        f"{page}:{item.line}: calls {called}(), but no script defines it globally",
                        file=page,
                        line=item.line,
                    )


def _is_global(name: str, code: str, *, module: bool) -> bool:
    mark = re.escape(name)
    if re.search(rf"(?:window|globalThis)\.{mark}\s*=", code):
        return True
    return not module and bool(
        re.search(
            rf"function\s*\*?\s*{mark}\s*\(|(?:const|let|var)\s+{mark}\s*=|^{mark}\s*=|class\s+{mark}\b",
            code,
            re.MULTILINE,
        )
    )
