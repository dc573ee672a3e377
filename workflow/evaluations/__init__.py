"""Evaluations of engagements: schedule, reports and outcomes."""
