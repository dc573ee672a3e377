"""Tests of web.audit."""
