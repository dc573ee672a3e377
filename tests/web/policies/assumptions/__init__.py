"""Tests of web.policies.assumptions."""
