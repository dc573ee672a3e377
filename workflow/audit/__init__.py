"""Verification of trails: replay, and stored rows compared with their entries."""
