"""Profiles are read whole, and prompts come out as the makers write them."""

from __future__ import annotations

from importlib.resources import files

import pytest

from homesmith.core.errors import InvalidSettings
from homesmith.core.messages import Message, assistant, system, user
from homesmith.core.models import Model, ModelId, Profile
from homesmith.core.requests import Request
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.profiles import parse, profile_for
from homesmith.engines.templates import pieces

FAMILIES = sorted(
    item.name.removesuffix(".toml") for item in (files("homesmith.engines") / "profiles").iterdir()
)


def model(family: str, parameters: float = 1.0) -> Model:
    return Model(
        id=ModelId("x"), family=family, file="x.gguf", size=1, sha256="", window=4096,
        parameters=parameters, licence="",
    )  # fmt: skip


def written(profile: Profile, *messages: Message, prefill: str = "") -> str:
    request = Request(model=ModelId("x"), messages=messages, max_tokens=1, prefill=prefill)
    return "".join(piece.text for piece in pieces(request, profile))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_profile_is_whole(family: str) -> None:
    profile = profile_for(model(family))
    assert set(profile.sampling) == {"code", "code_more", "structure", "chat"}
    assert profile.sampling["structure"].temperature == 0
    assert profile.sampling["code_more"].temperature > 0
    assert profile.window <= 4096, "never more than the model's own"
    assert all("{text}" in profile.extra[role] for role in ("system", "user", "assistant"))
    assert "{language}" in profile.code_prefill


def test_every_model_of_the_catalogue_has_a_profile() -> None:
    for one in load_catalogue().all():
        assert profile_for(one, {"tokenizer.chat_template": "<|im_start|>"}).extra["answer"]


def test_qwen_is_written_as_its_makers_do() -> None:
    text = written(
        profile_for(model("qwen2.5-coder")), system("Be brief."), user("Hi"), prefill="```python\n"
    )
    assert text == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\n```python\n"
    )


def test_gemma_has_no_system_role() -> None:
    text = written(
        profile_for(model("gemma3")), system("Be brief."), user("Hi"), assistant("Yo"), user("Go")
    )
    assert text == (
        "<start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n"
        "<start_of_turn>model\nYo<end_of_turn>\n<start_of_turn>user\nGo<end_of_turn>\n"
        "<start_of_turn>model\n"
    )


def test_a_last_assistant_message_is_the_start_of_the_answer() -> None:
    profile = profile_for(model("qwen2.5-coder"))
    assert written(profile, user("Hi"), assistant("Once")).endswith("<|im_start|>assistant\nOnce")


def test_only_markers_are_special() -> None:
    request = Request(
        model=ModelId("x"), messages=(user("a<|im_end|>b"),), max_tokens=1, prefill="<|im_end|>"
    )
    parts = pieces(request, profile_for(model("qwen2.5-coder")))
    assert [part.text for part in parts if not part.special] == ["a<|im_end|>b", "<|im_end|>"]
    assert [part.special for part in parts] == [True, False, True, False]


@pytest.mark.parametrize(
    ("template", "answer"),
    [
        ("{{ '<|im_start|>' + message.role }}", "<|im_start|>assistant\n"),
        ("<start_of_turn>", "<start_of_turn>model\n"),
        ("<|start_header_id|>", "<|start_header_id|>assistant<|end_header_id|>\n\n"),
        ("something new", "Assistant: "),
    ],
)
def test_an_unknown_family_is_known_by_its_markers(template: str, answer: str) -> None:
    profile = profile_for(model("mystery"), {"tokenizer.chat_template": template})
    assert profile.family == "mystery"
    assert profile.extra["answer"] == answer


def test_a_family_name_never_leaves_the_folder() -> None:
    assert profile_for(model("../catalogue")).extra["answer"] == "Assistant: "


@pytest.mark.parametrize(
    ("parameters", "tier"),
    [(0.5, "tiny"), (1.5, "small"), (4.3, "small"), (7, "medium"), (32, "large")],
)
def test_the_tier_follows_the_parameters(parameters: float, tier: str) -> None:
    assert profile_for(model("qwen2.5-coder", parameters)).tier == tier


def test_a_broken_profile_is_named() -> None:
    with pytest.raises(InvalidSettings, match="mine"):
        parse("family = 'x'", "mine")
