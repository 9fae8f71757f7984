"""The colours of the windows, light and dark, and the tones that they express. PURE.

Windows name styles and tones; only the theme names colours and sizes.
"""

from enum import StrEnum
from typing import NamedTuple


class Tone(StrEnum):
    """How good something is. A word or a sign always says the same: colour alone tells nobody."""

    GOOD = "Good"
    CAREFUL = "Careful"
    BAD = "Bad"
    QUIET = "Quiet"


SIGNS = {Tone.GOOD: "✓", Tone.CAREFUL: "!", Tone.BAD: "✕", Tone.QUIET: ""}


class Palette(NamedTuple):
    """Colours as #rrggbb. `quiet` is for text that matters less; a `soft` one lies behind a word in that tone."""

    name: str
    background: str
    card: str
    border: str
    text: str
    quiet: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    good: str
    good_soft: str
    careful: str
    careful_soft: str
    bad: str
    bad_soft: str
    button: str
    button_hover: str
    button_pressed: str
    trough: str


LIGHT = Palette(
    name="light",
    background="#f7f5f2",
    card="#ffffff",
    border="#dfdad2",
    text="#1d1b18",
    quiet="#6d675f",
    accent="#a64b12",
    accent_hover="#92400d",
    accent_pressed="#7c360a",
    on_accent="#ffffff",
    good="#1f7a3f",
    good_soft="#e2f4e8",
    careful="#8a5c00",
    careful_soft="#fdf1d3",
    bad="#b42318",
    bad_soft="#fde5e2",
    button="#ffffff",
    button_hover="#f3f0eb",
    button_pressed="#e7e2da",
    trough="#ece8e1",
)

DARK = Palette(
    name="dark",
    background="#1d1b19",
    card="#272421",
    border="#3b3732",
    text="#f1eee9",
    quiet="#a59e94",
    accent="#f0a04b",
    accent_hover="#f5b066",
    accent_pressed="#d98b38",
    on_accent="#231503",
    good="#6fcf8e",
    good_soft="#1f3829",
    careful="#f0c060",
    careful_soft="#3d3218",
    bad="#ff8f84",
    bad_soft="#4a2320",
    button="#1d1b19",
    button_hover="#332f2b",
    button_pressed="#3f3a35",
    trough="#3b3732",
)
