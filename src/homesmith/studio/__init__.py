"""studio: wire the rooms together, each when it is first needed."""

from homesmith.studio.studio import Studio

__all__ = ["Studio"]
