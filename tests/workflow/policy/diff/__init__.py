"""Tests of workflow.policy.diff."""
