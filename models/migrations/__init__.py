"""Database migrations: one numbered file in `versions` per schema change."""
