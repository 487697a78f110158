"""improve: better answers from the same model."""
