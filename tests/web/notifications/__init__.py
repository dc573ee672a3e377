"""Tests of web.notifications."""
