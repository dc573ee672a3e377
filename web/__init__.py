"""Flask screens, JSON API and command line."""
