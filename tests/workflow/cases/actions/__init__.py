"""Tests of what each action does, and of what it refuses."""
