"""Tests of what was done: entries, chains, verification."""
