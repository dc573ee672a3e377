"""The scheduler: escalation ladders, expiry, extensions, heartbeat."""
