"""Tests of web.policies."""
