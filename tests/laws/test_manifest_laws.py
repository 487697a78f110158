"""homesmith.toml: what is written is read back, and what is wrong is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from homesmith.builder.manifest import (
    Manifest,
    Run,
    launch_command,
    manifest_text,
    parse_manifest,
    read_manifest,
    write_manifest,
)
from homesmith.core.errors import InvalidSettings, NotAnApp
from homesmith.core.steps import ACTIONS, Scenario, Step

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
names = words.filter(bool)
plain = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
steps = st.builds(Step, action=st.sampled_from(ACTIONS), target=words, text=words)
scenarios = st.builds(Scenario, criterion=words, steps=st.lists(steps, max_size=3).map(tuple))
manifests = st.builds(
    Manifest,
    name=names,
    template=names,
    title=words,
    run=st.just(Run()) | st.builds(Run, kind=st.just("server"), command=st.tuples(names, words)),
    checks=st.lists(names, max_size=3).map(tuple),
    specification=st.dictionaries(words, plain, max_size=4),
    scenarios=st.lists(scenarios, max_size=3).map(tuple),
)


@given(manifests)
@example(Manifest(name="0", template="0", specification={"0": [{}], "": []}))
def test_a_manifest_survives_writing_and_reading(manifest: Manifest) -> None:
    text = manifest_text(manifest)
    assert parse_manifest(text) == manifest
    assert manifest_text(parse_manifest(text)) == text


def test_text_on_several_lines_survives(tmp_path: Path) -> None:
    manifest = Manifest(
        name="a", template="static", specification={"summary": 'one\ntwo "three"\\', "none": None}
    )
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path).specification == {"summary": 'one\ntwo "three"\\'}


APP = '[app]\nname = "a"\ntemplate = "static"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[app\n", "line 1"),
        (APP + "x = \n", "line 4"),
        ("", "app.name"),
        ('[app]\nname = 3\ntemplate = "x"', "app.name must be a text"),
        (APP + '[run]\nkind = "root"', "run.kind"),
        (APP + '[run]\nkind = "server"\ncommand = "rm -rf"', "run.command"),
        (APP + '[run]\nkind = "server"\ncommand = []', "needs a command"),
        (APP + '[run]\nhealth = "http://x"', "run.health"),
        ("checks = 3\n" + APP, "[checks] must be a table"),
        (APP + "[checks]\nnames = [1]", "checks.names"),
        (APP + '[[scenarios]]\nsteps = [{action = "fly"}]', "not a step"),
        (APP + "[scenarios]\na = 1", "list of tables"),
    ],
)
def test_what_is_wrong_is_told(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "homesmith.toml").write_text(text)
    with pytest.raises(InvalidSettings) as caught:
        read_manifest(tmp_path)
    assert said in caught.value.why
    assert caught.value.remedy


def test_a_folder_without_a_manifest_is_no_app(tmp_path: Path) -> None:
    with pytest.raises(NotAnApp):
        read_manifest(tmp_path)
    (tmp_path / "elsewhere").write_text(APP)
    (tmp_path / "homesmith.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotAnApp):
        read_manifest(tmp_path)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "homesmith.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidSettings):
        read_manifest(tmp_path)


def test_python_means_our_own_python() -> None:
    run = Run(kind="server", command=("python", "-m", "uvicorn", "{port}"))
    assert launch_command(run, python="/x/python") == ("/x/python", "-m", "uvicorn", "{port}")
    assert launch_command(Run(kind="server", command=("sh",)), python="/x") == ("sh",)
