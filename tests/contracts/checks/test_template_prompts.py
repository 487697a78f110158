"""What the model reads of a template: the worked example first, then the request and the file."""

from __future__ import annotations

from homesmith.builder.conversation import ask_for, head, nearest_example
from homesmith.builder.template import load_templates

TEMPLATES = load_templates()


def test_a_file_is_asked_for_with_its_names_and_the_whole_wish() -> None:
    template = TEMPLATES["static"]
    wish = "A field (data-testid `game`) and lines (`line`)."
    page = '<input data-testid="game">'
    page_fill, script_fill = template.fills
    asked = ask_for(template, script_fill, request=wish, files={"index.html": page})
    assert [message.role for message in asked] == ["user", "assistant", "user"]
    assert asked[0] == ask_for(template, page_fill, request=wish, files={})[0]
    assert "data-testids of the request: game, line." in asked[0].text
    assert page in asked[1].text
    assert wish not in asked[2].text  # its outline says it, part by part
    assert "has the data-testids game, and no others. Not in index.html, so made here: line." in (
        asked[2].text
    )


def test_what_every_prompt_begins_with_holds_nothing_of_the_request() -> None:
    for template in TEMPLATES.values():
        for wish in ("A list of games", "A calculator of odds"):
            example = nearest_example(template, wish)
            begins = head(template, example)
            assert begins[0].role == "system"
            assert all(wish not in message.text for message in begins)
