"""Whether the statements of a check can find anything wrong, before any answer is judged by them.

It reads them only: what they say of an answer is found out in the sandbox.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

PREDICATES = frozenset(
    (
        *("endswith", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier"),
        *("islower", "isnumeric", "isspace", "istitle", "isupper", "startswith"),
    )
)
"""Methods of texts that answer yes or no, and raise nothing."""
QUESTIONS = frozenset(("all", "any", "bool", "isinstance"))
SEARCHES = frozenset(("findall", "fullmatch", "match", "search"))
FINDING = (ast.Assert, ast.Raise, ast.Call, ast.Subscript)
"""What may raise where an answer is wrong."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def verify(python: str) -> None:
    """Raises ValueError, saying what is wrong: it is no Python, or finds nothing wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.filterwarnings("error", "assertion is always true", SyntaxWarning)
            tree = ast.parse(python)
            compile(python, "check.py", "exec")
    except SyntaxError as error:
        raise ValueError(f"python, line {error.lineno}: {error.msg}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _asks(node.value):
            said = ast.unparse(node)
            raise ValueError(
                f"python, line {node.lineno}: {said} decides nothing; write assert {said}"
            )
    if python.strip() and not any(isinstance(node, FINDING) for node in _done(tree)):
        found = next((node for node in tree.body if isinstance(node, FUNCTIONS)), None)
        if found is not None:
            name = found.name
            raise ValueError(f"python defines {name} and never calls it; write {name}(…)")
        raise ValueError("python asserts nothing, so every answer would pass; write assert …")


def _done(node: ast.AST) -> Iterator[ast.AST]:
    """What is done when the statements are run: all but what functions do once they are called."""
    for inner in ast.iter_child_nodes(node):
        yield inner
        if not isinstance(inner, (*FUNCTIONS, ast.Lambda)):
            yield from _done(inner)


def _asks(value: ast.expr) -> bool:
    """Whether it is a question whose answer nobody hears: a comparison, `answer.isdigit()`."""
    match value:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BoolOp(values=values):
            return _asks(values[-1])
        case ast.Call(func=ast.Name(id=name)):
            return name in QUESTIONS
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name)):
            return name in SEARCHES
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in PREDICATES
        case _:
            return False
