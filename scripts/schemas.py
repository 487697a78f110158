#!/usr/bin/env python3
"""Write the JSON Schemas of the personal context from its shapes. A test compares them."""

from __future__ import annotations

import json

from homesmith.memory.personal.shapes import SCHEMAS, SHAPES, schema


def schemas() -> dict[str, str]:
    """Every schema: the name of its file and its text."""
    return {
        f"{name}.schema.json": json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"
        for name in SHAPES
    }


if __name__ == "__main__":
    SCHEMAS.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
