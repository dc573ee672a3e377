"""Tests of workflow.policy.verification."""
