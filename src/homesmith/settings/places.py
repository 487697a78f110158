"""Where Homesmith keeps things. It does not know what they are, nor does it touch the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders Homesmith keeps things in. Naming one does not create it."""

    data: Path
    config: Path
    cache: Path
    state: Path

    @classmethod
    def under(cls, home: Path) -> Places:
        """Everything below one folder."""
        return cls(
            data=home / "data",
            config=home / "config",
            cache=home / "cache",
            state=home / "state",
        )

    @classmethod
    def standard(cls) -> Places:
        """Where this system expects a person's files."""
        name = "homesmith"
        return cls(
            data=platformdirs.user_data_path(name, appauthor=False),
            config=platformdirs.user_config_path(name, appauthor=False),
            cache=platformdirs.user_cache_path(name, appauthor=False),
            state=platformdirs.user_state_path(name, appauthor=False),
        )

    @property
    def models(self) -> Path:
        """Weights."""
        return self.data / "models"

    @property
    def store(self) -> Path:
        """The folder of the database, its backups and its locks."""
        return self.data / "store"

    @property
    def evidence(self) -> Path:
        """Screenshots and logs of checks, one folder per run."""
        return self.data / "evidence"

    @property
    def snapshots(self) -> Path:
        """What undo goes back to, one git directory per app."""
        return self.data / "snapshots"

    @property
    def context(self) -> Path:
        """What the person wrote down about themselves, under git."""
        return self.data / "context"

    @property
    def streams(self) -> Path:
        """What was measured of several answers at once; without it, it is measured again."""
        return self.state / "streams.json"

    @property
    def run(self) -> Path:
        """Sockets and process files that a restart makes worthless."""
        return self.state / "run"

    @property
    def settings_file(self) -> Path:
        """The person's own settings."""
        return self.config / "config.toml"
