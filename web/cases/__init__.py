"""Screens of cases: list, page, requests, actions."""
