"""Tests of web.register."""
