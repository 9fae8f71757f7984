"""The page that the server shows to devices it refuses. PURE."""

# SHA-256 of SillyTavern's own page with "\n" line ends: the same in all versions from 1.12.12 to 1.19.0.
ORIGINALS_SHA256 = frozenset({"fb177a81be2d7d7648fd5fa9df0a9d8b70cd8cd2e53fc69719de0918493cb5a0"})
