"""The nouns: how they are stored, kept apart and guarded."""
