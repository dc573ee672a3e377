"""Notices on screen, mails and their delivery."""
