"""A municipality's policy as frozen values: competence, requirements, routes and their state machines."""
