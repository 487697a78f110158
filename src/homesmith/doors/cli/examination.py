"""Look at this machine, one line for each thing Homesmith needs. Nothing is created or mended."""

from __future__ import annotations

import asyncio
import importlib.util
import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from homesmith.core.errors import HomesmithError
from homesmith.doors.cli.measuring import sentence
from homesmith.settings import Settings
from homesmith.studio import Studio

GIB = 1 << 30
State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at. `remedy` is the command that mends it, "" when it is ok."""

    state: State
    name: str
    found: str
    remedy: str = ""


async def examine(studio: Studio) -> tuple[Line, ...]:
    """Every line, in the order in which a person would mend them."""
    return tuple([line for look in LOOKS for line in await asyncio.to_thread(_look, look, studio)])


def _look(look: Look, studio: Studio) -> list[Line]:
    """What one look found; an error it met is a line too."""
    try:
        return list(look(studio))
    except HomesmithError as error:
        name = look.__name__.removeprefix("_")
        found = f"{error.message}: {error.why}" if error.why else error.message
        return [Line(state="fail", name=name, found=found, remedy=error.remedy)]


def _python(_: Studio) -> Iterator[Line]:
    found = f"{platform.python_version()}, {sys.executable}"
    yield Line(state="ok", name="python", found=found)


def _machine(_: Studio) -> Iterator[Line]:
    from homesmith.engines.machine import cores, free_memory, memory

    yield Line(state="ok", name="cores", found=f"{cores()} for the engine")
    found = f"{free_memory() / GIB:.1f} GB free of {memory() / GIB:.1f} GB"
    enough = free_memory() >= 2 * GIB
    yield Line(
        state="ok" if enough else "warn",
        name="memory",
        found=found,
        remedy=""
        if enough
        else "close other programs, or: homesmith models use qwen2.5-coder:0.5b",
    )


def _engine(studio: Studio) -> Iterator[Line]:
    if importlib.util.find_spec("xllamacpp") is None:
        remedy = "pip install xllamacpp"
        yield Line(state="fail", name="engine", found="xllamacpp is not here", remedy=remedy)
        return
    plan = studio.plan(studio.model(studio.settings.model))
    found = f"llama.cpp, {plan.threads} threads, a window of {plan.window} tokens"
    yield Line(state="ok", name="engine", found=found)
    measured = studio.streams(studio.model(studio.settings.model))
    found = sentence(measured) if measured else "one at a time: not measured yet"
    again = "" if measured and measured.steady else "; to measure: homesmith models measure"
    yield Line(state="ok", name="answers", found=found + again)


def _weights(studio: Studio) -> Iterator[Line]:
    from homesmith.engines.verification import verify

    chosen = studio.settings.model
    for name in dict.fromkeys((chosen, studio.settings.fast_model)):
        model = studio.model(name)
        path = studio.weights(model)
        if path is None:
            state: State = "fail" if name == chosen else "warn"
            remedy = f"homesmith models pull {name}"
            yield Line(state=state, name="weights", found=f"{name} is not here", remedy=remedy)
            continue
        digest = verify(model, path, records=studio.settings.places.models)
        yield Line(state="ok", name="weights", found=f"{name}, SHA-256 {digest[:12]}…")


def _store(studio: Studio) -> Iterator[Line]:
    from homesmith.store.backups import problem_of
    from homesmith.store.database import FILE

    file = studio.settings.places.store / FILE
    if not file.exists():
        yield Line(state="ok", name="store", found="nothing is kept yet")
        return
    problem = problem_of(file)
    yield Line(
        state="fail" if problem else "ok",
        name="store",
        found=problem or f"whole, {file.stat().st_size / 1e6:.1f} MB",
        remedy="homesmith runs list, which moves it aside and restores a backup" if problem else "",
    )


def _disk(studio: Studio) -> Iterator[Line]:
    folder = _existing(studio.settings.places.data)
    free = shutil.disk_usage(folder).free
    enough = free >= 3 * GIB
    yield Line(
        state="ok" if enough else "warn",
        name="disk",
        found=f"{free / GIB:.1f} GB free in {folder}",
        remedy="" if enough else "free some space, or set HOMESMITH_HOME to a larger disk",
    )


def _sandbox(_: Studio) -> Iterator[Line]:
    from homesmith.workspace.sandbox import detect

    layers = detect().layers
    strong = any("bubblewrap" in layer for layer in layers) or sys.platform != "linux"
    yield Line(
        state="ok" if strong else "warn",
        name="sandbox",
        found=", ".join(layers),
        remedy="" if strong else "sudo apt-get install bubblewrap",
    )


def _git(_: Studio) -> Iterator[Line]:
    place = shutil.which("git")
    remedy = "xcode-select --install" if sys.platform == "darwin" else "sudo apt-get install git"
    if place:
        yield Line(state="ok", name="git", found=place)
    else:
        yield Line(state="fail", name="git", found="not here: no undo without it", remedy=remedy)


def _browser(studio: Studio) -> Iterator[Line]:
    from homesmith.builder.checks.browser import find_browser

    setting = studio.settings.browser
    if setting == "none":
        yield Line(
            state="warn",
            name="browser",
            found="switched off by the setting browser",
            remedy="homesmith config unset browser",
        )
        return
    found = find_browser("" if setting == "auto" else setting)
    remedy = f"{sys.executable} -m playwright install chromium"
    if found:
        yield Line(state="ok", name="browser", found=str(found))
    else:
        missing = "no Chromium: apps are not checked by clicking through them"
        yield Line(state="warn", name="browser", found=missing, remedy=remedy)


def _ports(_: Studio) -> Iterator[Line]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        try:
            listener.bind(("127.0.0.1", 0))
        except OSError as error:
            remedy = "allow programs to listen on 127.0.0.1"
            yield Line(state="fail", name="ports", found=str(error), remedy=remedy)
            return
    yield Line(state="ok", name="ports", found="a free port on 127.0.0.1 can be had")


def _settings(studio: Studio) -> Iterator[Line]:
    settings: Settings = studio.settings
    where = settings.places.settings_file
    found = str(where) if where.exists() else f"defaults; {where} would change them"
    yield Line(state="ok", name="settings", found=found)
    for warning in settings.warnings:
        remedy = "homesmith config list --origin"
        yield Line(state="warn", name="settings", found=warning, remedy=remedy)


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


Look = Callable[[Studio], Iterator[Line]]
LOOKS: tuple[Look, ...] = (
    _python,
    _machine,
    _engine,
    _weights,
    _store,
    _disk,
    _sandbox,
    _git,
    _browser,
    _ports,
    _settings,
)
