"""The Python a model meant, as a whole program that can be run.

Small models fence it, talk around it, answer with the body alone, or go on with examples of
their own; none of that counts against the code.
"""

from __future__ import annotations

import ast
import builtins
import re

FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)

MODULES = frozenset(
    (
        *("bisect", "collections", "copy", "datetime", "fractions", "functools", "hashlib"),
        *("heapq", "itertools", "json", "math", "operator", "random", "re", "statistics"),
        *("string", "sys", "time", "typing"),
    )
)
MEMBERS = {
    "collections": "Counter OrderedDict defaultdict deque namedtuple",
    "functools": "cache cmp_to_key lru_cache partial reduce",
    "itertools": "accumulate chain combinations cycle groupby permutations product zip_longest",
    "math": "ceil comb factorial floor gcd isqrt log pi prod sqrt",
    "heapq": "heapify heappop heappush nlargest nsmallest",
    "typing": "Any Callable Dict Iterable Iterator List Optional Sequence Set Tuple Union",
    "datetime": "timedelta",
    "copy": "deepcopy",
    "operator": "itemgetter",
}
"""What is found under one name only, or nearly so, in the standard library."""


def python_of(answer: str, entry: str = "") -> str:
    """The code of an answer: the fenced block that defines `entry`, else the longest, else all."""
    blocks = [found[1] for found in FENCE.finditer(answer)]
    if not blocks:
        return _parsing(answer.replace("```", ""))
    defining = [block for block in blocks if entry and _definition(entry).search(block)]
    return _parsing((defining or sorted(blocks, key=len, reverse=True))[0])


def program(answer: str, *, entry: str = "", before: str = "") -> str:
    """A program that defines `entry`: the code, or the body it is, with what it relies on before.

    `before` is the beginning of the request's own code, up to and with the definition's head.
    """
    code = python_of(answer, entry)
    if not entry:
        return code
    if not _definition(entry).search(code):
        # A body needs the head that the request gives; without one a name may be bound otherwise.
        return before + _as_body(code) if before else code
    head = _definition(entry).split(before)
    return f"{head[0]}\n{code}" if len(head) > 1 else code


def _definition(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b", re.MULTILINE)


def _as_body(code: str) -> str:
    lines = code.split("\n")
    if any(line and not line[0].isspace() for line in lines):
        lines = [f"    {line}" if line else line for line in lines]
    return "\n".join(lines)


def _parsing(code: str) -> str:
    """The code, less lines at its end that keep it from parsing, such as a closing sentence."""
    lines = code.strip("\n").split("\n")
    for end in range(len(lines), max(0, len(lines) - 12), -1):
        part = "\n".join(lines[:end])
        try:
            ast.parse(part)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return part + "\n"
    return "\n".join(lines) + "\n"


def head_of(code: str, *, entry: str, before: str = "") -> str:
    """The lines that every other candidate may begin with, "" where there are none.

    They are the definition that the request begins, else imports, head and docstring of `code`.
    """
    if before:
        stub = before.rstrip() + "\n"
        return stub if _left_open(stub + "    ...\n") == entry else ""
    try:
        statements = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for one in statements:
        if isinstance(one, ast.FunctionDef) and one.name == entry:
            begins = one.body[1:2] if ast.get_docstring(one) else one.body[:1]
            line = begins[0].lineno if begins else 0
            return "".join(code.splitlines(keepends=True)[: line - 1]) if line > one.lineno else ""
        if not isinstance(one, ast.Import | ast.ImportFrom):
            return ""
    return ""


def with_imports(code: str) -> str:
    """The code with the imports of the standard library that it uses and does not make."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    bound, used = set(dir(builtins)), dict[str, None]()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.setdefault(name)
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                bound.add(name)
            case ast.ClassDef(name=name):
                bound.add(name)
            case ast.alias(name=name, asname=other):
                bound.add((other or name).split(".")[0])
    lines = [line for name in used if name not in bound and (line := _import(name))]
    first = max((one.end_lineno or 0 for one in tree.body if _from_future(one)), default=0)
    written = code.split("\n")
    return "\n".join([*written[:first], *lines, *written[first:]]) if lines else code


def _from_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _import(name: str) -> str:
    if name in MODULES:
        return f"import {name}"
    module = next((one for one, members in MEMBERS.items() if name in members.split()), "")
    return f"from {module} import {name}" if module else ""


def _left_open(code: str) -> str:
    """The name of the function at the end that has no body but a docstring, "" without one."""
    try:
        last = ast.parse(code).body[-1]
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return ""
    if not isinstance(last, ast.FunctionDef):
        return ""
    return last.name if len(last.body) == 1 + (ast.get_docstring(last) is not None) else ""
