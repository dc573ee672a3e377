"""Tests of web.policies.proof."""
