"""How is what was done recorded so that others can verify it? Entries, chains, verification."""
