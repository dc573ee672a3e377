"""Tests of web.admin."""
