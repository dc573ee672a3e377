"""Documents and letters, registered on receipt."""
