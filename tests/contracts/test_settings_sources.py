"""Which source of a setting wins, and what each source may not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.core.errors import InvalidSettings
from homesmith.settings import Settings, load
from homesmith.settings.file import set_value, unset
from homesmith.settings.keys import KEYS
from homesmith.settings.loading import shown
from homesmith.settings.places import Places


def at(home: Path, **more: str) -> dict[str, str]:
    return {"HOMESMITH_HOME": str(home), **more}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def user_file(home: Path, text: str) -> Path:
    return write(Places.under(home).settings_file, text)


def project(folder: Path, text: str) -> Path:
    write(folder / "homesmith.toml", text)
    return folder


def test_without_any_source_every_value_is_a_default(tmp_path: Path) -> None:
    settings = load({}, at(tmp_path))
    assert settings.model == "qwen2.5-coder:1.5b"
    assert settings.budget_minutes == 12
    assert settings.threads is None
    sources = {key: origin.source for key, _, origin in shown(settings)}
    assert set(sources) == set(KEYS)
    assert {key for key, source in sources.items() if source != "default"} == {"home"}


def test_each_source_beats_the_ones_behind_it(tmp_path: Path) -> None:
    app = project(tmp_path / "app", '[settings]\nmodel = "project"\n')
    user_file(tmp_path, 'model = "user"\n')

    def read(flags: dict[str, object], environ: dict[str, str], folder: Path | None) -> Settings:
        return load(flags, at(tmp_path, **environ), folder)

    environ = {"HOMESMITH_MODEL": "environment"}
    assert read({}, {}, None).model == "user"
    assert read({}, {}, app).model == "project"
    assert read({}, environ, app).model == "environment"
    assert read({"model": "flag"}, environ, app).model == "flag"
    assert read({"model": None}, environ, app).model == "environment"


def test_an_origin_names_file_and_line(tmp_path: Path) -> None:
    path = user_file(tmp_path, "# mine\n\nbudget_minutes = 3\n")
    app = project(tmp_path / "app", 'name = "x"\nmodel = "no"\n[settings]\nwindow = 4096\n')
    origins = load({}, at(tmp_path), app).origins
    assert origins["budget_minutes"].where == f"{path}:3"
    assert origins["window"].where == f"{app / 'homesmith.toml'}:4"


def test_home_moves_every_place(tmp_path: Path) -> None:
    places = load({}, at(tmp_path)).places
    everything = [places.data, places.config, places.cache, places.state, places.models]
    everything += [places.store, places.evidence, places.snapshots, places.run]
    assert all(path.is_relative_to(tmp_path) for path in everything)
    assert len(set(everything)) == len(everything)
    assert list(tmp_path.iterdir()) == []


def test_the_flag_home_is_where_the_file_is_read(tmp_path: Path) -> None:
    user_file(tmp_path / "b", "offline = true\n")
    assert load({"home": tmp_path / "b"}, at(tmp_path / "a")).offline is True


@pytest.mark.parametrize(
    "line",
    [
        "sandbox_unprotected = true",
        'home = "/elsewhere"',
        'browser = "/tmp/evil"',
        "offline = false",
        'api_key = "x"',
        'model = "/tmp/evil.gguf"',
        'model = "http://evil.example/v1"',
        'model = "../../evil"',
        "budget_minutes = -1",
        "window = true",
    ],
)
def test_a_project_cannot_set_what_could_harm(tmp_path: Path, line: str) -> None:
    plain = load({}, at(tmp_path))
    settings = load({}, at(tmp_path), project(tmp_path / "app", f"[settings]\n{line}\n"))
    assert [value for _, value, _ in shown(settings)] == [value for _, value, _ in shown(plain)]
    assert len(settings.warnings) == 1
    assert "homesmith.toml" in settings.warnings[0]


@pytest.mark.parametrize("text", ["[settings", "settings = 3", "a = 1\na = 2", "\x00"])
def test_a_broken_project_file_only_warns(tmp_path: Path, text: str) -> None:
    settings = load({}, at(tmp_path), project(tmp_path / "app", text))
    assert settings.model == "qwen2.5-coder:1.5b"
    assert len(settings.warnings) == 1


def test_a_project_file_that_is_not_text_or_not_a_file_only_warns(
    tmp_path: Path,
) -> None:
    (tmp_path / "homesmith.toml").write_bytes(b"\xff\xfe")
    assert len(load({}, at(tmp_path), tmp_path).warnings) == 1
    (tmp_path / "app" / "homesmith.toml").mkdir(parents=True)
    assert len(load({}, at(tmp_path), tmp_path / "app").warnings) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("\nmodle = 'x'\n", 2, "Did you mean model?"),
        ("# a\n# b\nbudget_minutes = 'long'\n", 3, "budget_minutes"),
        ("budget_minutes = nan\n", 1, "budget_minutes"),
        ("threads = 0\n", 1, "threads"),
        ("threads = true\n", 1, "threads"),
        ("browser = 'chromium'\n", 1, "browser"),
        ("model = ''\n", 1, "model"),
        ("model = \n", 1, "cannot be read"),
        ("offline = true\n[models]\nx = 1\n", 2, "'models' is not a setting"),
        ("home = '/x'\n", 1, "home"),
    ],
)
def test_a_mistake_in_the_own_file_names_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = user_file(tmp_path, text)
    with pytest.raises(InvalidSettings) as caught:
        load({}, at(tmp_path))
    assert f"{path}:{line}" in caught.value.message
    assert says in caught.value.message
    assert caught.value.remedy


def test_an_own_file_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    path = user_file(tmp_path, "")
    path.write_bytes(b'model = "\xff"\n')
    with pytest.raises(InvalidSettings, match=r"config\.toml"):
        load({}, at(tmp_path))


def test_the_environment_speaks_in_strings(tmp_path: Path) -> None:
    environ = at(
        tmp_path,
        HOMESMITH_OFFLINE="true",
        HOMESMITH_THREADS="auto",
        HOMESMITH_WINDOW="4096",
        HOMESMITH_BUDGET_MINUTES="0.5",
        HOMESMITH_MODEL="",
        HOMESMITH_SANDBOX_UNPROTECTED="1",
        HOMESMITH_MODLE="x",
    )
    settings = load({}, environ)
    assert (settings.offline, settings.threads, settings.window) == (True, None, 4096)
    assert settings.budget_minutes == 0.5
    assert settings.model == "qwen2.5-coder:1.5b"
    assert settings.sandbox_unprotected is False
    assert len(settings.warnings) == 2
    assert any("Did you mean model?" in warning for warning in settings.warnings)
    with pytest.raises(InvalidSettings, match="HOMESMITH_THREADS"):
        load({}, at(tmp_path, HOMESMITH_THREADS="many"))
    with pytest.raises(InvalidSettings, match="--modle"):
        load({"modle": "x"}, at(tmp_path))


def test_set_and_unset_keep_what_the_person_wrote(tmp_path: Path) -> None:
    text = "# why I chose this\nmodel = 'a' # mine\n\n# longer\nbudget_minutes = 20\n"
    path = user_file(tmp_path, text)
    places = Places.under(tmp_path)
    assert set_value("budget-minutes", "7.5", places) == 7.5
    assert set_value("threads", "auto", places) is None
    assert set_value("sandbox_unprotected", "true", places) is True
    kept = path.read_text(encoding="utf-8")
    assert "# why I chose this\nmodel = 'a' # mine\n\n# longer\n" in kept
    settings = load({}, at(tmp_path))
    assert (settings.budget_minutes, settings.threads) == (7.5, None)
    assert settings.sandbox_unprotected is True
    for key in ("budget_minutes", "threads", "sandbox-unprotected"):
        assert unset(key, places) is True
    assert unset("threads", places) is False
    assert load({}, at(tmp_path)).budget_minutes == 12
    assert path.read_text(encoding="utf-8").startswith("# why I chose this\nmodel = 'a' # mine\n")
    assert [item.name for item in path.parent.iterdir()] == ["config.toml"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_refused_value_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = user_file(tmp_path, "model = 'a'\n")
    places = Places.under(tmp_path)
    for key, value in [("threads", "many"), ("threds", "2"), ("home", "/x")]:
        with pytest.raises(InvalidSettings):
            set_value(key, value, places)
    assert path.read_text(encoding="utf-8") == "model = 'a'\n"


def test_unset_mends_a_file_with_an_unknown_name(tmp_path: Path) -> None:
    user_file(tmp_path, "modle = 'a'\n")
    assert unset("modle", Places.under(tmp_path)) is True
    assert load({}, at(tmp_path)).warnings == ()


def test_a_linked_file_stays_a_link(tmp_path: Path) -> None:
    real = write(tmp_path / "dotfiles" / "homesmith.toml", "model = 'a'\n")
    path = Places.under(tmp_path).settings_file
    path.parent.mkdir(parents=True)
    path.symlink_to(real)
    set_value("offline", "true", Places.under(tmp_path))
    assert path.is_symlink()
    assert "offline = true" in real.read_text(encoding="utf-8")
