"""Tests of web.core."""
