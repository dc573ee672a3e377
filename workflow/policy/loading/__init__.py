"""Policy packs and laws from YAML to values, with errors that name file, line and key."""
