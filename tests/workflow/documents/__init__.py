"""Tests of workflow.documents."""
