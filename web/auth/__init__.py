"""Session authentication, log-in and the access rules of every route."""
