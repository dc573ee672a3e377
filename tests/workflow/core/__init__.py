"""Tests of workflow.core."""
