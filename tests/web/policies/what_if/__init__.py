"""Tests of web.policies.what_if."""
