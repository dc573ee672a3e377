"""Screens of the policy: who decides, routes, clauses."""
