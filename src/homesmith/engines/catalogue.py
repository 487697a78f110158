"""The models Homesmith knows, and those a person adds: data read from TOML, nothing fetched."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from homesmith.core.errors import InvalidSettings, UnknownModel
from homesmith.core.models import Model, ModelId, Source

DEFAULT_MODEL = ModelId("qwen2.5-coder:1.5b")
BYTES_PER_BILLION = 640 << 20
"""Of a Q4_K_M file, for models whose size nobody wrote down."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Models by id. A later one of the same id takes the place of an earlier one."""

    models: tuple[Model, ...]

    def all(self) -> tuple[Model, ...]:
        return self.models

    def find(self, name: str) -> Model:
        """The model of this id. Raises UnknownModel naming those that resemble it."""
        for model in self.models:
            if model.id == name:
                return model
        known = [str(model.id) for model in self.models]
        family = [one for one in known if name and one.startswith(name)]
        close = family or get_close_matches(name, known, n=3, cutoff=0.5)
        raise UnknownModel(
            f"no model is called {name!r}",
            why=f"did you mean {' or '.join(close)}?"
            if close
            else "it is neither in the catalogue nor in your own list",
            remedy=f"homesmith models show {close[0]}" if close else "homesmith models list",
        )


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """The catalogue that comes with Homesmith, and the person's own file of the same form.

    In the person's file an entry may name `path`, a GGUF file they have; then id and path are
    enough. Raises InvalidSettings naming the file and the entry that cannot be read.
    """
    ours = files("homesmith.engines") / "catalogue.toml"
    models = parse(ours.read_text(encoding="utf-8"), "catalogue.toml")
    if extra is not None and extra.is_file():
        models = models + parse(_text(extra), str(extra))
    return Catalogue(tuple({model.id: model for model in models}.values()))


def parse(text: str, name: str) -> tuple[Model, ...]:
    """Read a catalogue file. Raises InvalidSettings."""
    try:
        entries = tomllib.loads(text).get("model", [])
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(name, str(error)) from error
    models = []
    for number, entry in enumerate(entries, start=1):
        try:
            models.append(_model(entry))
        except (KeyError, TypeError, ValueError, OSError) as error:
            place = entry.get("id", f"number {number}") if isinstance(entry, dict) else number
            why = f"entry {place}: {type(error).__name__}: {error}"
            raise _unreadable(name, why) from error
    return tuple(models)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(str(path), str(error)) from error


def _unreadable(name: str, why: str) -> InvalidSettings:
    return InvalidSettings(
        f"the list of models {name} cannot be read", why=why, remedy=f"correct {name}"
    )


def _model(entry: dict[str, Any]) -> Model:
    if "path" in entry:
        return _own_file(entry)
    parameters = float(entry["parameters"])
    return Model(
        id=ModelId(entry["id"]),
        family=entry["family"],
        file=_file_name(entry["file"]),
        size=int(entry.get("size", parameters * BYTES_PER_BILLION)),
        sha256=entry.get("sha256", ""),
        window=int(entry["window"]),
        parameters=parameters,
        licence=entry["licence"],
        sources=tuple(_source(source) for source in entry.get("source", ())),
        abilities=frozenset(entry.get("abilities", ["chat"])),
        note=entry.get("note", ""),
        ask_first=bool(entry.get("ask_first", False)),
    )


def _own_file(entry: dict[str, Any]) -> Model:
    """A file on this machine; what is not said is guessed from its size, on the safe side."""
    path = Path(entry["path"]).expanduser()
    size = path.stat().st_size if path.is_file() else 0
    return Model(
        id=ModelId(entry["id"]),
        family=entry.get("family", "unknown"),
        file=path.name,
        size=size,
        sha256=entry.get("sha256", ""),
        window=int(entry.get("window", 8192)),
        parameters=float(entry.get("parameters", max(size / BYTES_PER_BILLION, 0.1))),
        licence=entry.get("licence", "your own file"),
        sources=(Source(kind="path", file=str(path)),),
        abilities=frozenset(entry.get("abilities", ["chat"])),
        note=entry.get("note", ""),
    )


def _source(entry: dict[str, Any]) -> Source:
    packages = entry.get("packages", {})
    return Source(
        kind=entry["kind"],
        repository=entry.get("repository", ""),
        file=entry.get("file", ""),
        packages=_packages(packages) if packages else (),
        member=entry.get("member", ""),
    )


def _packages(entry: dict[str, Any]) -> tuple[str, ...]:
    """`name==version` of every part, in the order in which they are joined."""
    parts = range(1, int(entry.get("parts", 1)) + 1)
    return tuple(f"{entry['name'].format(part=part)}=={entry['version']}" for part in parts)


def _file_name(name: str) -> str:
    """A name that stays in its folder: this becomes a path below the models directory."""
    if not name or name != Path(name).name or name.startswith("."):
        raise ValueError(f"{name!r} is not a plain file name")
    return name
