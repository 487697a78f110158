"""A template: an app that already runs, and the order in which a model fills its files.

It is a folder with `template.toml` and `files/`. Built-in ones stand beside this module; others
come from folders the person names and from packages (entry points `homesmith.templates`, each a
callable that returns the folder). It does not know how a model is asked.
"""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from homesmith.builder.manifest import Run, run_of
from homesmith.core.errors import InvalidSettings, TemplateError

FILE = "template.toml"
BUILTIN = Path(__file__).parent / "templates"
GROUP = "homesmith.templates"
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
LANGUAGES = {".html": "html", ".css": "css", ".js": "javascript", ".py": "python", ".json": "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One file for the model to write. `purpose` is one sentence to the model.

    `instructions` is text for the prompt, already read. `names` are sentences about data-testids:
    {names} are those of the request, {missing} those of them that none of the files in `sees` has,
    {present} all that these files have, {repeated} those that belong to every entry. The files in
    `sees` are shown. A file that is `optional` is written only when needed, one with an `outline`
    ("script", "server", "tests") part by part.
    """

    path: str
    language: str
    purpose: str
    instructions: str = ""
    names: tuple[str, ...] = ()
    max_tokens: int = 2048
    sees: tuple[str, ...] = ()
    optional: bool = False
    outline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request and the files that answer it well; `about` are words it is found by."""

    name: str
    request: str
    files: Mapping[str, str]
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of app. `description` is what a model reads to choose between templates.

    `rules` are what every prompt begins with; `examples` are worked ones, the nearest is shown.
    """

    name: str
    title: str
    description: str
    folder: Path
    run: Run
    checks: tuple[str, ...]
    fills: tuple[Fill, ...]
    borrowed: Mapping[str, Path] = field(default_factory=dict)
    rules: str = ""
    examples: tuple[Example, ...] = ()


def load_templates(extra: Iterable[Path] = ()) -> dict[str, Template]:
    """All templates by name: built-in, from packages, then from `extra`; later ones win.

    An `extra` folder is a template, or holds some. Raises TemplateError.
    """
    folders = [*_inside(BUILTIN), *_plugins()]
    for folder in extra:
        folders += [folder] if (folder / FILE).is_file() else _inside(folder)
    return {template.name: template for template in map(read_template, folders)}


def read_template(folder: Path) -> Template:
    """The template in a folder. Raises TemplateError, which names the file and the key."""
    try:
        value = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
        return Template(
            name=_text(folder, value, "name"),
            title=_text(folder, value, "title"),
            description=_text(folder, value, "description"),
            folder=folder,
            run=run_of(value),
            checks=tuple(_texts(folder, value, "checks")),
            fills=tuple(_fill(folder, item) for item in value.get("fill", [])),
            borrowed=_borrowed(folder, value.get("borrow", {})),
            rules=_instructions(folder, str(value.get("rules", ""))),
            examples=_examples(folder),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(folder, str(error)) from error
    except InvalidSettings as error:
        raise _wrong(folder, error.why) from error


def scaffold(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The starting files of an app: path to text, with `{{name}}` replaced by `values["name"]`.

    A placeholder without a value stays as it is, for it may belong to the app's own templates.
    A value stays plain text: it is escaped as the kind of file demands.
    """
    texts = _files(template.folder / "files")
    texts |= {name: path.read_text(encoding="utf-8") for name, path in template.borrowed.items()}
    return {name: _replaced(name, text, values) for name, text in sorted(texts.items())}


def _replaced(name: str, text: str, values: Mapping[str, str]) -> str:
    def value_of(found: re.Match[str]) -> str:
        return _escaped(name, values[found[1]]) if found[1] in values else found[0]

    return PLACEHOLDER.sub(value_of, text)


def _escaped(name: str, value: str) -> str:
    """The value on one line, safe between tags in HTML and between double quotes in code."""
    line = " ".join(value.split())
    if name.endswith(".html"):
        return html.escape(line).replace("{", "&#123;").replace("}", "&#125;")
    if name.endswith((".py", ".js", ".json", ".toml")):
        return json.dumps(line, ensure_ascii=False)[1:-1]
    return line


def _files(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise _wrong(folder.parent, "it has no folder named files")
    try:
        return _tree(folder)
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(folder.parent, f"a file cannot be read: {error}") from error


def _tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _inside(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path.parent for path in folder.glob(f"*/{FILE}"))


def _plugins() -> list[Path]:
    folders = []
    for point in entry_points(group=GROUP):
        try:
            folders.append(Path(point.load()()))
        except Exception as error:
            raise TemplateError(
                f'the template plugin "{point.name}" cannot be loaded',
                why=f"{type(error).__name__}: {error}",
                remedy=f"uninstall or update {point.value.partition(':')[0]}",
            ) from error
    return folders


def _borrowed(folder: Path, table: Mapping[str, Any]) -> dict[str, Path]:
    """Files that stand in a neighbour template: path in the app to "template/files/name"."""
    found = {_safe(folder, name): folder.parent / _safe(folder, str(table[name])) for name in table}
    for path in found.values():
        if not path.is_file():
            raise _wrong(folder, f"it borrows {path}, which does not exist")
    return found


def _safe(folder: Path, path: str) -> str:
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise _wrong(folder, f"a path must stay inside: {path}")
    return path


def _fill(folder: Path, item: Mapping[str, Any]) -> Fill:
    path = _safe(folder, _text(folder, item, "path"))
    return Fill(
        path=path,
        language=str(item.get("language") or LANGUAGES.get(Path(path).suffix, "text")),
        purpose=_text(folder, item, "purpose"),
        instructions=_instructions(folder, str(item.get("instructions", ""))),
        names=tuple(_texts(folder, item, "names")),
        max_tokens=int(item.get("max_tokens", 2048)),
        sees=tuple(_texts(folder, item, "sees")),
        optional=bool(item.get("optional", False)),
        outline=str(item.get("outline", "")),
    )


def _examples(folder: Path) -> tuple[Example, ...]:
    """Folders in `examples/`: request.md, optional about.md, everything else is a file."""
    found = []
    for place in sorted((folder / "examples").glob("*/request.md")):
        texts = _tree(place.parent)
        request = texts.pop("request.md").strip()
        about = texts.pop("about.md", request)
        found.append(Example(name=place.parent.name, request=request, files=texts, about=about))
    return tuple(found)


def _instructions(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8").strip() if name else ""


def _text(folder: Path, value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text:
        raise _wrong(folder, f"{key} is missing or not a text")
    return text


def _texts(folder: Path, value: Mapping[str, Any], key: str) -> list[str]:
    texts = value.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(item, str) for item in texts):
        raise _wrong(folder, f"{key} must be a list of texts")
    return texts


def _wrong(folder: Path, why: str) -> TemplateError:
    return TemplateError(
        f"the template {folder.name} cannot be used", why=why, remedy=f"correct {folder / FILE}"
    )
