"""prompt: a conversation laid out so that what a model has read, it need not read again."""
