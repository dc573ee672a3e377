"""Stories: whole cases in a browser, by what a person sees."""
