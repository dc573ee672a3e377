"""JSON API under `/api/v1`, described by `/api/v1/openapi.json`.

Each resource is a module of views; schemas describe their arguments and answers, load the one and dump the other.
"""
