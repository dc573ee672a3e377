"""What every subject of the web uses: services, errors, security, logs."""
