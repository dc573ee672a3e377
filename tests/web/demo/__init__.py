"""Tests of web.demo."""
