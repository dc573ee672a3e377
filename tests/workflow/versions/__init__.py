"""Tests of workflow.versions."""
