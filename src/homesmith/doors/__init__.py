"""doors: where people and programs come in. Each parses, calls and renders; none decides."""
