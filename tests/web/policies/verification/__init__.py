"""Tests of web.policies.verification."""
