"""Screens that compare two requests under one or two versions."""
