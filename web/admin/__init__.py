"""Screens of people, appointments, mandates, substitutes and mail."""
