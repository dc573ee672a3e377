"""Settings, policies and national law: the data that exists before any case."""
