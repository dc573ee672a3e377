"""Tests of workflow.scheduling."""
