"""What was decided before the work began: one table of keys, read from five places."""

from homesmith.settings.loading import Settings, load

__all__ = ["Settings", "load"]
