"""Tests of workflow.cases."""
