"""Tests of web.cases."""
