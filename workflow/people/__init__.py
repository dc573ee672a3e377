"""People, appointments, mandates, substitutes and preferences."""
