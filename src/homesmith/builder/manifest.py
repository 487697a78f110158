"""homesmith.toml: what an app is, how it runs, what it must do, how that is checked.

The file stands in a folder that strangers may have written. Nothing in it is ever executed
outside the sandbox, and nothing in it can change a setting of the person's machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import InlineTable

from homesmith.core.errors import InvalidSettings, NotAnApp
from homesmith.core.steps import Scenario, scenario_from_json, scenario_to_json

FILE = "homesmith.toml"
MOST_BYTES = 1 << 20
Kind = Literal["static", "server"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How the app runs. In `command`, "{port}" is the port; `health` answers when it is up."""

    kind: Kind = "static"
    command: tuple[str, ...] = ()
    health: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parsed homesmith.toml. `specification` is plain JSON: summary, criteria, entities, …"""

    name: str
    template: str
    title: str = ""
    run: Run = field(default_factory=Run)
    checks: tuple[str, ...] = ()
    specification: Mapping[str, Any] = field(default_factory=dict)
    scenarios: tuple[Scenario, ...] = ()

    def as_mapping(self) -> dict[str, Any]:
        """The plain form that `core.checks.Inspection` carries."""
        run: dict[str, Any] = {"kind": self.run.kind}
        if self.run.kind == "server":
            run |= {"command": list(self.run.command), "health": self.run.health}
        return {
            "app": {"name": self.name, "template": self.template, "title": self.title},
            "run": run,
            "checks": {"names": list(self.checks)},
            "specification": dict(self.specification),
            "scenarios": [scenario_to_json(scenario) for scenario in self.scenarios],
        }


def read_manifest(root: Path) -> Manifest:
    """The manifest of the app in `root`. Raises NotAnApp, InvalidSettings (with the line)."""
    path = root / FILE
    if not path.is_file() or path.is_symlink():
        raise NotAnApp(
            f"{root} is not an app: it has no {FILE}",
            remedy=f'homesmith build "what it should do" --into {root}',
        )
    if path.stat().st_size > MOST_BYTES:
        raise _invalid("it is larger than 1 MB")
    try:
        return parse_manifest(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise _invalid("it is not UTF-8 text") from error


def parse_manifest(text: str) -> Manifest:
    """A manifest from its TOML text. Raises InvalidSettings."""
    try:
        value = tomlkit.parse(text).unwrap()
    except ParseError as error:
        raise _invalid(f"line {error.line}, column {error.col}: {error.args[0]}") from error
    except TOMLKitError as error:
        raise _invalid(str(error)) from error
    return manifest_from(value)


def manifest_from(value: Mapping[str, Any]) -> Manifest:
    """A manifest from its parsed form. Raises InvalidSettings."""
    app, checks = _table(value, "app"), _table(value, "checks")
    scenarios = value.get("scenarios", [])
    if not isinstance(scenarios, list):
        raise _invalid("[[scenarios]] must be a list of tables")
    try:
        played = tuple(scenario_from_json(item) for item in scenarios)
    except ValueError as error:
        raise _invalid(f"[[scenarios]]: {error}") from error
    return Manifest(
        name=_text(app, "app.name"),
        template=_text(app, "app.template"),
        title=_text(app, "app.title", str(app.get("name", ""))),
        run=run_of(value),
        checks=_texts(checks.get("names", []), "checks.names"),
        specification=_table(value, "specification"),
        scenarios=played,
    )


def manifest_text(manifest: Manifest) -> str:
    """The TOML text of a manifest; equal manifests give equal text."""
    value = manifest.as_mapping()
    document = tomlkit.document()
    document.add(tomlkit.comment("Written by Homesmith. Commands in here run in the sandbox only."))
    for key in ("app", "run", "checks"):
        document.add(key, tomlkit.item(value[key]))
    if value["specification"]:
        document.add("specification", tomlkit.item(_without_none(value["specification"])))
    if manifest.scenarios:
        document.add("scenarios", _scenario_tables(value["scenarios"]))
    return tomlkit.dumps(document)


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Put the manifest into the app's folder."""
    (root / FILE).write_text(manifest_text(manifest), encoding="utf-8")


def run_of(value: Mapping[str, Any]) -> Run:
    """The [run] table of a parsed manifest. Raises InvalidSettings."""
    table = _table(value, "run")
    kind = table.get("kind", "static")
    command = _texts(table.get("command", []), "run.command")
    health = _text(table, "run.health", "/")
    if kind not in ("static", "server"):
        raise _invalid(f'run.kind is "static" or "server", not {kind!r}')
    if kind == "server" and not command:
        raise _invalid("run.command is empty: a server needs a command")
    if not health.startswith("/"):
        raise _invalid(f"run.health must be a path that begins with /, not {health!r}")
    return Run(kind="server" if kind == "server" else "static", command=command, health=health)


def launch_command(run: Run, *, python: str) -> tuple[str, ...]:
    """The command with Homesmith's own Python in place of "python"; "{port}" stays.

    It comes from an untrusted folder: give it to a sandbox and to nothing else.
    """
    if run.command and run.command[0] in ("python", "python3"):
        return (python, *run.command[1:])
    return run.command


def _scenario_tables(scenarios: list[dict[str, Any]]) -> Any:
    tables = tomlkit.aot()
    for scenario in scenarios:
        steps = tomlkit.array().multiline(True)
        for step in scenario["steps"]:
            steps.append(_inline({key: item for key, item in step.items() if item}))
        table = tomlkit.table()
        table.add("criterion", scenario["criterion"])
        table.add("steps", steps)
        tables.append(table)
    return tables


def _inline(value: dict[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _without_none(value: Any) -> Any:
    """TOML has no null: a missing key says the same. Sorted keys make equal values equal text."""
    if isinstance(value, Mapping):
        kept = {str(key): item for key, item in value.items() if item is not None}
        return {key: _without_none(kept[key]) for key in sorted(kept)}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value if item is not None]
    return value


def _table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = value.get(key, {})
    if not isinstance(table, Mapping):
        raise _invalid(f"[{key}] must be a table")
    return table


def _text(table: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = table.get(name.rpartition(".")[2], default)
    if not isinstance(value, str) or (default is None and not value):
        raise _invalid(
            f"{name} must be a text"
            + ("" if name.rpartition(".")[2] in table else ", and is missing")
        )
    return value


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise _invalid(f"{name} must be a list of texts")
    return tuple(value)


def _invalid(why: str) -> InvalidSettings:
    return InvalidSettings(
        f"{FILE} cannot be read", why=why, remedy=f"correct {FILE}, or `homesmith undo` the change"
    )
