"""The app suite: build each app from its prompt alone, then run the tests the builder never saw.

    run.py --into DIR                  our builder, all apps
    run.py --into DIR --bare           the same model, asked once for the whole app
    run.py --into DIR --only quiz      one app (may be repeated)
    run.py --into DIR --report         the table of all results in DIR, nothing is built
    run.py --verify                    references must pass every test, skeletons none

Results are kept as DIR/WAY/APP/result.json; an app that has one is not built again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bare import build_bare, question
from building import build_ours
from hidden import hidden_tests

from homesmith.core.errors import HomesmithError
from homesmith.core.models import ModelId
from homesmith.core.sandboxes import Sandbox
from homesmith.lab.report import report_json, report_markdown
from homesmith.lab.suite import App, Suite, load_suite
from homesmith.lab.trial import Construction, Trial, Way, trial_from_json, trial_to_json
from homesmith.settings import load
from homesmith.studio import Studio
from homesmith.workspace.sandbox import detect

HERE = Path(__file__).parent
SKELETON = {
    "static": ("index.html", "<!doctype html><title>App</title><h1>App</h1>\n"),
    "fastapi": ("app.py", "from fastapi import FastAPI\n\napp = FastAPI()\n"),
}


async def trial(app: App, way: Way, arguments: argparse.Namespace, sandbox: Sandbox) -> Trial:
    """Build one app and test it, or read the result that is already there."""
    place = arguments.into.resolve() / way / app.name
    done = read_result(place)
    if done is not None and not arguments.retest:
        if done.model != arguments.model:
            raise SystemExit(f"{place} was built by {done.model}: choose another --into")
        return done
    made = done.construction if done else await build(app, way, place, arguments)
    (place / "app").mkdir(exist_ok=True)
    log = place / "tests.log"
    outcomes, trouble = await hidden_tests(app, place / "app", sandbox, log=log)
    if trouble and trouble not in made.note:
        made = replace(made, note=f"{made.note}; {trouble}".removeprefix("; "))
    result = Trial(
        app=app.name, way=way, model=arguments.model, construction=made, outcomes=outcomes
    )
    write(place / "result.json", trial_to_json(result))
    return result


async def build(app: App, way: Way, place: Path, arguments: argparse.Namespace) -> Construction:
    """Make the app anew in `place/app`; what an interrupted attempt left there is removed."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / "prompt.md").write_text(app.prompt + "\n", encoding="utf-8")
    if way == "ours":
        minutes = arguments.budget_minutes
        return await build_ours(place, model=arguments.model, seed=arguments.seed, minutes=minutes)
    async with Studio(load({"model": arguments.model}, os.environ)) as studio:
        engine = studio.engine(ModelId(arguments.model))
        await engine.count(question(app, arguments.model))  # load first: only the answer is timed
        return await build_bare(app, engine, place / "app", place / "answer.md")


def read_result(place: Path) -> Trial | None:
    """The kept result of an app, if there is a whole one."""
    try:
        return trial_from_json(json.loads((place / "result.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def write(path: Path, value: object) -> None:
    """JSON, whole or not at all."""
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, path)


def line(result: Trial) -> str:
    """One line about one trial."""
    made = result.construction
    mark = "pass" if result.fully_passed else "FAIL"
    return (
        f"{mark}  {result.app:<16} {result.way:<9} {result.passed:>2}/{result.total:<2} tests"
        f"  {made.seconds:6.0f} s  {made.answer_tokens:6} tokens  {made.note[:80]}"
    )


async def verify(apps: Sequence[App], sandbox: Sandbox) -> bool:
    """Prove the tests: each passes on the reference and fails on an app that does nothing."""
    sound = True
    for app in apps:
        outcomes, note = await hidden_tests(app, app.folder / "reference", sandbox)
        red = [outcome for outcome in outcomes if not outcome.passed]
        with tempfile.TemporaryDirectory() as empty:
            name, text = SKELETON[app.template]
            (Path(empty) / name).write_text(text, encoding="utf-8")
            bare_bones, _ = await hidden_tests(app, Path(empty), sandbox, patience=0.3)
        idle = [outcome.name for outcome in bare_bones if outcome.passed]
        sound = sound and not red and not idle and not note
        print(f"{app.name:<16} reference {len(outcomes) - len(red)}/{len(outcomes)}", flush=True)
        for outcome in red:
            print(f"    {outcome.name}: {outcome.message}")
        for test in idle:
            print(f"    {test}: passes on an app that does nothing")
        if note:
            print(f"    {note}")
    return sound


def chosen(suite: Suite, only: Sequence[str]) -> tuple[App, ...]:
    """The apps to run: those named, else all."""
    return tuple(suite.app(name) for name in only) if only else suite.apps


def kept(suite: Suite, into: Path) -> list[Trial]:
    """Every result under `into`."""
    ways: tuple[Way, ...] = ("ours", "bare")
    found = [read_result(into / way / app.name) for app in suite.apps for way in ways]
    return [result for result in found if result is not None]


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--ours", dest="way", action="store_const", const="ours", default="ours")
    way.add_argument("--bare", dest="way", action="store_const", const="bare")
    way.add_argument("--report", dest="way", action="store_const", const="report")
    way.add_argument("--verify", dest="way", action="store_const", const="verify")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--into", type=Path, metavar="DIR")
    parser.add_argument("--model", default="qwen2.5-coder:1.5b")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget-minutes", type=float, default=12.0)
    parser.add_argument("--retest", action="store_true", help="test what was built, build nothing")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the whole report there")
    arguments = parser.parse_args(words)
    if arguments.way != "verify" and arguments.into is None:
        parser.error("--into DIR is needed")
    return arguments


async def work(arguments: argparse.Namespace) -> bool:
    """Do what was asked; whether all of it is green."""
    suite = load_suite(HERE)
    apps = chosen(suite, arguments.only)
    if arguments.way == "verify":
        return await verify(apps, detect())
    results = []
    if arguments.way != "report":
        sandbox = detect()
        for app in apps:
            results.append(await trial(app, arguments.way, arguments, sandbox))
            print(line(results[-1]), flush=True)
    trials = kept(suite, arguments.into)
    if arguments.way == "report":
        print(report_markdown(suite, trials), end="")
    if arguments.json:
        write(arguments.json, report_json(suite, trials))
    return all(result.fully_passed for result in results)


def main() -> int:
    """0: all green; 1: a test is red; otherwise the error's own code."""
    arguments = parse(sys.argv[1:])
    try:
        return 0 if asyncio.run(work(arguments)) else 1
    except HomesmithError as error:
        print(error.message, error.why, f"hint: {error.remedy}", sep="\n", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
