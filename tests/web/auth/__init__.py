"""Tests of web.auth."""
