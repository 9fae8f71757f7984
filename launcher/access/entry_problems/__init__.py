"""Everything that can be wrong with one entry of the whitelist, in words, and what to put in its place. PURE."""
