"""Tests of workflow.evaluations."""
