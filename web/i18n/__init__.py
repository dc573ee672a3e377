"""Languages, labels and catalogues."""
