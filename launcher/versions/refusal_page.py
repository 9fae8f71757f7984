"""The page that the server shows to devices it refuses; `Facts.page_403` says where each version has it. PURE."""

NAME = "forbidden-by-whitelist.html"
DATA_FOLDER = "<dataRoot>"
# Where it is until 1.17.0. A newer server moves a page from there into its data folder when there is none yet.
IN_PROGRAM = f"public/error/{NAME}"
# Where the one that comes with an installation is.
DEFAULTS = (f"default/content/errors/{NAME}", f"default/public/error/{NAME}")
# SHA-256 of SillyTavern's own page with "\n" line ends: the same in all versions from 1.12.12 to 1.19.0.
ORIGINALS_SHA256 = frozenset({"fb177a81be2d7d7648fd5fa9df0a9d8b70cd8cd2e53fc69719de0918493cb5a0"})
