"""Inbox, deadlines and the personal calendar."""
