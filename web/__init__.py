"""The words of the street: screens, JSON API and command line over the one gate."""
