"""Versions of a policy: activation, impact, migration of cases, reviews of assumptions."""
