"""The baseline: the same model, asked once for the whole app, with nothing around it.

The answer is read generously (homesmith.lab.extraction), so what is judged is the code.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from homesmith.core.engines import Engine, fold
from homesmith.core.errors import UsageError
from homesmith.core.messages import system, user
from homesmith.core.models import ModelId, Sampling
from homesmith.core.requests import Request
from homesmith.lab.extraction import files_in
from homesmith.lab.suite import App
from homesmith.lab.trial import Construction

INSTRUCT = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
TASK = {
    "static": (
        "Write the complete app as a static web page (HTML, CSS and JavaScript, no build step). "
        "The page is index.html."
    ),
    "fastapi": (
        "Write the complete app with FastAPI and SQLite. The application object is named app and "
        "stands in app.py; it is started with `uvicorn app:app`."
    ),
}
FORM = "Output every file in a fenced code block preceded by its file name."
MAX_TOKENS = 4096


def question(app: App, model: str) -> Request:
    """The one request: greedy, with the instruct model's default system text."""
    return Request(
        model=ModelId(model),
        messages=(system(INSTRUCT), user(f"{app.prompt}\n\n{TASK[app.template]} {FORM}")),
        max_tokens=MAX_TOKENS,
        sampling=Sampling(temperature=0.0),
    )


async def build_bare(app: App, engine: Engine, folder: Path, log: Path) -> Construction:
    """Ask once, write the files found in the answer into the new folder `folder`.

    A request that cannot be made, such as one that is too long, is noted. Raises EngineError.
    """
    folder.mkdir(parents=True)
    began = monotonic()
    try:
        answer = await fold(engine.stream(question(app, engine.model)))
    except UsageError as error:
        return Construction(seconds=monotonic() - began, note=f"{error.message} {error.why}")
    log.write_text(answer.text, encoding="utf-8")
    files = files_in(answer.text, app.template)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Construction(
        seconds=monotonic() - began,
        prompt_tokens=answer.usage.prompt_tokens,
        answer_tokens=answer.usage.answer_tokens,
        note="" if files else "no file was found in the answer",
    )
