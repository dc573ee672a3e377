"""Interchange: other programs read what we write, and we what they write."""
