"""Notices, recipients and the mail queue."""
