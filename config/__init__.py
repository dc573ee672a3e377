"""What holds before any case exists: settings, policies and national law, all of it data."""
