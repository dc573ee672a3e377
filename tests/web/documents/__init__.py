"""Tests of web.documents."""
