"""Screens of policy versions: differences, impact, activation."""
