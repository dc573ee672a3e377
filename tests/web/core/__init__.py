"""Tests of the core of the web application."""
