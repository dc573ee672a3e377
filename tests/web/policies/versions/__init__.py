"""Tests of web.policies.versions."""
