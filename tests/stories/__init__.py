"""Whole cases, told in a browser by clicking what a person sees."""
