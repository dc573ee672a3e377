"""The trail: entries, hash chains and the journal."""
