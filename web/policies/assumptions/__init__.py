"""Screens of assumptions and their reviews."""
