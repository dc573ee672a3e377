"""Screens of documents and letters."""
