"""Tests of the API's contract."""
