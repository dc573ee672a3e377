"""What does each command do? One module each, imported when it is called."""
