"""Screens of the trail, its verification and the access log."""
