"""Two versions of a policy compared, and the impact on cases and engagements."""
