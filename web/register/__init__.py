"""Screens of the register of engagements."""
