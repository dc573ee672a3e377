"""Tests of workflow.people."""
