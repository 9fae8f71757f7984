"""PURE. What things mean: one entry and what it matches, the list, the login, the exposure and its reason."""
