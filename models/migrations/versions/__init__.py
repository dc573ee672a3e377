"""The steps, in order of their numbers; a released step is never edited."""
