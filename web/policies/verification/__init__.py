"""Screens of the policy check and its counterexamples."""
