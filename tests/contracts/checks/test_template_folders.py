"""Templates are folders: a third one needs no code, and a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.builder.checks.gate import available
from homesmith.builder.template import load_templates, read_template, scaffold
from homesmith.core.errors import TemplateError

THIRD = """\
name = "notes"
title = "Notes"
description = "For notes."
checks = ["syntax"]
[run]
kind = "static"
[[fill]]
path = "index.html"
purpose = "The page."
instructions = "page.md"
sees = ["index.html"]
"""


def make(folder: Path, text: str = THIRD) -> Path:
    (folder / "files").mkdir(parents=True)
    (folder / "template.toml").write_text(text)
    (folder / "page.md").write_text("Be brief.\n")
    (folder / "files" / "index.html").write_text("<h1>{{title}}</h1>{{ other }}{{unknown}}")
    return folder


def test_a_third_template_needs_only_a_folder(tmp_path: Path) -> None:
    make(tmp_path / "notes")
    for extra in (tmp_path, tmp_path / "notes"):
        templates = load_templates([extra])
        assert set(templates) >= {"static", "fastapi", "notes"}
    template = templates["notes"]
    [fill] = template.fills
    assert (fill.language, fill.instructions, fill.sees) == ("html", "Be brief.", ("index.html",))
    assert scaffold(template, {"title": "A & <B> {{ c }}"}) == {
        "index.html": "<h1>A &amp; &lt;B&gt; &#123;&#123; c &#125;&#125;</h1>{{ other }}{{unknown}}"
    }


def test_the_builtin_templates_are_whole() -> None:
    templates = load_templates([Path("/no/such/folder")])
    for template in templates.values():
        files = scaffold(template, {"title": "x"})
        assert set(template.checks) <= set(available())
        for fill in template.fills:
            assert fill.path in files
            assert set(fill.sees) <= set(files)
            assert fill.purpose
    assert templates["static"].run.kind == "static"
    assert "{port}" in templates["fastapi"].run.command
    styles = [scaffold(templates[name], {}) for name in ("static", "fastapi")]
    assert styles[0]["style.css"] == styles[1]["static/style.css"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "notes"', "", "name is missing"),
        ('name = "notes"', "name = ", "Invalid value"),
        ('kind = "static"', 'kind = "magic"', "run.kind"),
        ('kind = "static"', 'kind = "server"', "needs a command"),
        ('path = "index.html"', 'path = "../x"', "must stay inside"),
        ('"page.md"', '"gone.md"', "gone.md"),
        ('["syntax"]', '"syntax"', "list of texts"),
        ("[run]", '[borrow]\n"a" = "other/b"\n[run]', "does not exist"),
        ("[run]", '[borrow]\n"a" = "../../etc/passwd"\n[run]', "must stay inside"),
    ],
)
def test_a_wrong_template_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = make(tmp_path / "notes", THIRD.replace(old, new))
    with pytest.raises(TemplateError) as caught:
        read_template(folder)
    assert said in caught.value.why
    assert "template.toml" in caught.value.remedy


def test_a_template_without_files_is_told(tmp_path: Path) -> None:
    folder = make(tmp_path / "notes")
    (folder / "files" / "index.html").unlink()
    (folder / "files").rmdir()
    with pytest.raises(TemplateError):
        scaffold(read_template(folder), {})
