"""Packs, competence, requirements, the store and the check."""
