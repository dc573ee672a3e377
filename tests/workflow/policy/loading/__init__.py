"""Tests of workflow.policy.loading."""
