"""Is this file what the catalogue says? Hash, size and header, remembered in a small record.

The record saves hashing a gigabyte at each start: it holds while size and time of the file do.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from homesmith.core.errors import WeightsCorrupt
from homesmith.core.models import Model
from homesmith.engines.gguf import read_header

CHUNK = 1 << 20
_DIGEST = re.compile(r"(?:sha256-)?([0-9a-f]{64})")


def verify(model: Model, path: Path, *, records: Path | None = None, claimed: str = "") -> str:
    """Check header, size and SHA-256 of `path`; the hash.

    `records` is the folder for the record, the file's own by default. `claimed` is the source's
    own hash, for models whose catalogue entry has none; then it is written down and holds from
    there on. Raises WeightsCorrupt.
    """
    record = _record(path, records)
    known = _read(record)
    stat = path.stat()
    expected = model.sha256 or claimed or _name_of_blob(path) or known.get("sha256", "")
    same = known.get("size") == stat.st_size and known.get("mtime") == stat.st_mtime_ns
    if same and known.get("sha256") == expected:
        return str(expected)
    if model.sha256 and stat.st_size != model.size:
        raise _corrupt(model, path, f"{stat.st_size} bytes instead of {model.size}")
    read_header(path)
    found = sha256(path)
    if expected and found != expected:
        raise _corrupt(model, path, f"SHA-256 {found[:12]}… instead of {str(expected)[:12]}…")
    remember(path, found, records=records)
    return found


def remember(path: Path, digest: str, *, records: Path | None = None) -> None:
    """Write down that `path`, as it is now, has this hash; a folder that refuses is no matter."""
    stat = path.stat()
    record = _record(path, records)
    value = {"size": stat.st_size, "mtime": stat.st_mtime_ns, "sha256": digest}
    new = record.with_name(f"{record.name}.{os.getpid()}.new")
    try:
        new.write_text(json.dumps(value), encoding="utf-8")
        os.replace(new, record)
    except OSError:
        new.unlink(missing_ok=True)


def forget(path: Path, *, records: Path | None = None) -> None:
    """Remove the record of `path`."""
    _record(path, records).unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """The file's SHA-256 as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _record(path: Path, records: Path | None) -> Path:
    return (records or path.parent) / f".{path.name}.verified.json"


def _read(record: Path) -> dict[str, object]:
    try:
        value = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _name_of_blob(path: Path) -> str:
    """The hash in the name of a file in a content-addressed store (Ollama, Hugging Face)."""
    found = _DIGEST.fullmatch(path.resolve().name)
    return found[1] if found else ""


def _corrupt(model: Model, path: Path, why: str) -> WeightsCorrupt:
    return WeightsCorrupt(
        f"{path.name} is not the file the catalogue names for {model.id}",
        why=why,
        remedy=f"homesmith models rm {model.id}, then homesmith models pull {model.id}",
    )
