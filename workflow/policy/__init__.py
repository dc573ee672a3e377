"""What does a municipality's policy say? Packs as frozen values, who decides, what is required, and the check."""
