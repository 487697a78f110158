"""How a store of an earlier schema becomes one of this schema, step by step."""
