"""Tests of web.worklist."""
