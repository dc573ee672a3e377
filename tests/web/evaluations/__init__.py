"""Tests of web.evaluations."""
