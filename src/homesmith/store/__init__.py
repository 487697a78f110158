"""store: keep it.

Events and texts that were acknowledged are on the disk, whole, after any kill. The only room
that speaks SQL; it does not know what an event means to a builder or to a page.
"""
