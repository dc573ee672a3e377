"""Tests of workflow.audit."""
