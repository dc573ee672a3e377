"""Tests of workflow.register."""
