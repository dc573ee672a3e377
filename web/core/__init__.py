"""The core of the web application: its server, its logs."""
