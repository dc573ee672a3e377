"""How did the tables become what they are? One numbered file per step in `versions`."""
