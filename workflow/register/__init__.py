"""The register of engagements: details, lists brought in, search."""
