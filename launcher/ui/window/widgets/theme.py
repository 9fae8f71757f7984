"""Our own look: ttk's `clam` with rounded images for cards and buttons, light or dark, sharp at every dpi."""

import tkinter as tk
from tkinter import ttk
from typing import Any

from launcher.ui.window.widgets.palette import DARK, LIGHT, Palette
from launcher.ui.window.widgets.rounded import Layer, rounded_png, tick_png
from launcher.ui.window.widgets.screen import USUAL_DPI, dots_per_inch

FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Cantarell", "Noto Sans", "DejaVu Sans")
FIXED_FAMILIES = ("Cascadia Mono", "Consolas", "Menlo", "Noto Sans Mono", "DejaVu Sans Mono")
TEXT_PX, TITLE_PX, SMALL_PX, BIG_PX = 13, 20, 12, 16
CARD_RADIUS, BUTTON_RADIUS = 8, 6
# A button's image has this much room around it for the ring that shows the focus.
RING = 3
MOVING_PX = 40

Settings = dict[str, Any]
Layout = list[Any]


class Theme:
    """Fonts, colours and sizes of every window of this process. `switch` changes light and dark while they are open."""

    def __init__(self, root: tk.Tk, dark: bool) -> None:
        dpi = dots_per_inch(root)
        root.tk.call("tk", "scaling", dpi / 72)
        self.scale = dpi / USUAL_DPI
        self.palette = LIGHT
        self._root = root
        self._drawn: dict[str, _Pieces] = {}
        self._seen = self._has_fields = False
        self._make_fonts()
        self.switch(dark)

    def px(self, length: float) -> int:
        """`length`, given at 96 dpi, in pixels of this screen."""
        return round(length * self.scale)

    def pair(self, before: float, after: float) -> tuple[int, int]:
        """Two lengths, for `padx=` and `pady=`."""
        return self.px(before), self.px(after)

    def edges(self, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
        """Four lengths, for `padding=`."""
        return self.px(left), self.px(top), self.px(right), self.px(bottom)

    def switch(self, dark: bool) -> None:
        """Show everything light or dark. Widgets that are not ttk's listen to <<ThemeChanged>> and use `palette`."""
        self.palette = DARK if dark else LIGHT
        style = ttk.Style(self._root)
        name = f"tavernkeep-{self.palette.name}"
        if name not in style.theme_names():
            style.theme_create(name, parent="clam", settings=_settings(self))
            style.theme_use(name)
            self._drawn[name] = _Pieces(self, style)
            self._drawn[name].draw_first()
        style.theme_use(name)
        if self._seen:
            self._drawn[name].draw_rest()
        if self._has_fields:
            self._drawn[name].draw_fields()
        self._root.configure(background=self.palette.background)

    def finish(self) -> None:
        """Draw what the first sight of the window could do without: buttons, badges, bars."""
        self._seen = True
        self._drawn[f"tavernkeep-{self.palette.name}"].draw_rest()

    def draw_fields(self) -> None:
        """Draw what only dialogs have: fields to type in, boxes to tick, small buttons. Before they are made."""
        self._has_fields = True
        self._drawn[f"tavernkeep-{self.palette.name}"].draw_fields()

    def _make_fonts(self) -> None:
        known = set(self._root.tk.splitlist(self._root.tk.call("font", "families")))
        family = next((name for name in FAMILIES if name in known), "TkDefaultFont")
        fixed = next((name for name in FIXED_FAMILIES if name in known), "TkFixedFont")
        for name, face, size, weight in (
            ("TavernText", family, TEXT_PX, "normal"),
            ("TavernStrong", family, TEXT_PX, "bold"),
            ("TavernSmall", family, SMALL_PX, "normal"),
            ("TavernSmallStrong", family, SMALL_PX, "bold"),
            ("TavernBig", family, BIG_PX, "bold"),
            ("TavernTitle", family, TITLE_PX, "bold"),
            ("TavernFixed", fixed, SMALL_PX, "normal"),
        ):
            # Negative sizes are pixels: points would be scaled a second time where Xft knows its own dpi.
            self._root.tk.call("font", "create", name, "-family", face, "-size", -self.px(size), "-weight", weight)
        self._root.tk.call(
            "font", "create", "TavernLink", "-family", family, "-size", -self.px(TEXT_PX), "-underline", True
        )


def _settings(theme: Theme) -> Settings:
    """Colours, fonts and paddings of every style that needs no image."""
    colours, px = theme.palette, theme.px
    settings: Settings = {
        ".": {
            "configure": {
                "background": colours.background,
                "foreground": colours.text,
                "font": "TavernText",
                "borderwidth": 0,
                "focuscolor": colours.accent,
                "selectbackground": colours.accent,
                "selectforeground": colours.on_accent,
            },
            "map": {"foreground": [("disabled", colours.quiet)]},
        },
        "TFrame": {"configure": {"background": colours.background}},
        "Card.TFrame": {"configure": {"background": colours.card}},
        "Line.TFrame": {"configure": {"background": colours.border}},
        "Vertical.TScrollbar": {
            "configure": {
                "background": colours.border,
                "troughcolor": colours.background,
                "bordercolor": colours.background,
                "lightcolor": colours.border,
                "darkcolor": colours.border,
                "gripcount": 0,
                "arrowsize": px(10),
                "arrowcolor": colours.quiet,
            },
            "map": {"background": [("active", colours.quiet), ("disabled", colours.background)]},
        },
    }
    for style, configure in _label_styles(colours).items():
        settings[f"{style}.TLabel"] = {"configure": configure}
        settings[f"Card.{style}.TLabel"] = {"configure": {**configure, "background": colours.card}}
    settings["Card.TLabel"] = {"configure": {"background": colours.card}}
    meters = {"Good": colours.good, "Careful": colours.careful, "Bad": colours.bad, "Off": colours.trough}
    for tone, colour in meters.items():
        settings[f"{tone}Meter.TFrame"] = {"configure": {"background": colour}}
    return settings


def _label_styles(colours: Palette) -> dict[str, dict[str, str]]:
    return {
        "Title": {"font": "TavernTitle"},
        "Big": {"font": "TavernBig"},
        "Strong": {"font": "TavernStrong"},
        "Quiet": {"font": "TavernText", "foreground": colours.quiet},
        "Fixed": {"font": "TavernFixed", "foreground": colours.quiet},
        "Small": {"font": "TavernSmall", "foreground": colours.quiet},
        "Good": {"font": "TavernStrong", "foreground": colours.good},
        "Careful": {"font": "TavernStrong", "foreground": colours.careful},
        "Bad": {"font": "TavernStrong", "foreground": colours.bad},
        "QuietSaid": {"foreground": colours.quiet},
        "GoodSaid": {"foreground": colours.good},
        "CarefulSaid": {"foreground": colours.careful},
        "BadSaid": {"foreground": colours.bad},
        "GoodBadge": {"font": "TavernSmallStrong", "foreground": colours.good},
        "CarefulBadge": {"font": "TavernSmallStrong", "foreground": colours.careful},
        "BadBadge": {"font": "TavernSmallStrong", "foreground": colours.bad},
        "Dot": {},
    }


class _Pieces:
    """The image elements of one theme and the layouts with them. Keeps the images: Tk shows what somebody keeps."""

    def __init__(self, theme: Theme, style: ttk.Style) -> None:
        self._images: list[tk.PhotoImage] = []
        self._theme = theme
        self._colours = theme.palette
        self._style = style
        self._line = max(1, theme.px(1))
        self._all_drawn = self._fields_drawn = False

    def draw_first(self) -> None:
        self._surface("CardBorder.TFrame", self._colours.card, self._colours.border, CARD_RADIUS)

    def draw_rest(self) -> None:
        if self._all_drawn:
            return
        self._all_drawn = True
        colours = self._colours
        quiet = (colours.button, colours.button_hover, colours.button_pressed, colours.border)
        self._button("TButton", quiet, colours.text, "TavernText")
        self._button("TMenubutton", quiet, colours.text, "TavernText")
        accent = (colours.accent, colours.accent_hover, colours.accent_pressed, colours.accent)
        self._button("Main.TButton", accent, colours.on_accent, "TavernStrong")
        self._badge("GoodBadge", colours.good_soft)
        self._badge("CarefulBadge", colours.careful_soft)
        self._badge("BadBadge", colours.bad_soft)
        self._bar(colours.trough, colours.accent)
        thumb: Layout = [("Vertical.Scrollbar.thumb", {"expand": True, "sticky": "nswe"})]
        self._style.layout("Vertical.TScrollbar", [("Vertical.Scrollbar.trough", {"sticky": "ns", "children": thumb})])
        self._choice()

    def draw_fields(self) -> None:
        if self._fields_drawn:
            return
        self._fields_drawn = True
        colours = self._colours
        self._surface("CardFocus.TFrame", colours.card, colours.accent, CARD_RADIUS, self._theme.px(2))
        self._field()
        self._tick()
        quiet = (colours.card, colours.button_hover, colours.button_pressed, colours.card)
        self._button("Quiet.TButton", quiet, colours.text, "TavernSmall", (6, 3))
        link = (colours.background, colours.button_hover, colours.button_pressed, colours.background)
        self._button("Link.TButton", link, colours.accent, "TavernLink", (1, 1))
        for tone, soft, word in (
            ("Bad", colours.bad_soft, colours.bad),
            ("Careful", colours.careful_soft, colours.careful),
        ):
            fills = (soft, colours.button_hover, colours.button_pressed, soft)
            self._button(f"{tone}Pill.TButton", fills, word, "TavernSmallStrong", (8, 3))

    def _image(self, radius: float, middle_px: int, layers: tuple[Layer, ...]) -> tk.PhotoImage:
        corner = int(radius) + 2
        image = tk.PhotoImage(data=rounded_png(corner, middle_px, radius, layers), format="png")
        self._images.append(image)
        return image

    def _element(self, name: str, image: tk.PhotoImage, corner: int, *states: tuple[Any, ...]) -> None:
        # Without a size of its own an element would never be smaller than its image.
        self._style.element_create(
            name, "image", image, *states, border=corner, padding=0, sticky="nsew", width=1, height=1
        )

    def _surface(self, style: str, fill: str, border: str, radius: float, line: int = 0) -> None:
        radius = self._theme.px(radius)
        # Tk tiles the middle: a wide one keeps a large card cheap to paint.
        image = self._image(radius, 96, ((0, border), (line or self._line, fill)))
        self._element(f"{style}.box", image, int(radius) + 2)
        self._style.layout(style, [(f"{style}.box", {"sticky": "nsew"})])

    def _button(
        self, style: str, fills: tuple[str, str, str, str], text: str, font: str, room: tuple[int, int] = (11, 8)
    ) -> None:
        theme, colours = self._theme, self._colours
        rest, hover, pressed, border = fills
        ring = theme.px(RING)
        radius = theme.px(BUTTON_RADIUS) + ring

        def face(fill: str, edge: str, focus: bool) -> tk.PhotoImage:
            shown: tuple[Layer, ...] = ((0, colours.accent), (theme.px(2), None)) if focus else ((0, None), (0, None))
            return self._image(radius, 24, (*shown, (ring, edge), (ring + self._line, fill)))

        faces = [
            ("disabled", face(colours.trough, colours.trough, False)),
            ("pressed focus", face(pressed, border, True)),
            ("pressed", face(pressed, border, False)),
            ("active focus", face(hover, border, True)),
            ("active", face(hover, border, False)),
            ("focus", face(rest, border, True)),
        ]
        states = ((*state.split(), image) for state, image in faces)
        self._element(f"{style}.face", face(rest, border, False), radius + 2, *states)
        inside: Layout = [("Button.label", {"sticky": "nsew"})]
        if style == "TMenubutton":
            inside = [("Menubutton.label", {"sticky": "nsew"})]
        self._style.layout(
            style,
            [(f"{style}.face", {"sticky": "nsew", "children": [("Button.padding", {"children": inside})]})],
        )
        self._style.configure(
            style,
            foreground=text,
            font=font,
            padding=theme.pair(room[0] + RING, room[1] + RING),
            anchor="center",
            shiftrelief=0,
        )
        self._style.map(style, foreground=[("disabled", colours.quiet)], background=[])
        for surface, colour in (("", colours.background), ("Card.", colours.card)):
            self._style.configure(f"{surface}{style}", background=colour)
            self._style.map(f"{surface}{style}", background=[("active", colour), ("disabled", colour)])

    def _badge(self, name: str, fill: str) -> None:
        radius = self._theme.px(10)
        image = self._image(radius, 8, ((0, fill),))
        for style in (f"{name}.TLabel", f"Card.{name}.TLabel"):
            element = f"{style}.pill"
            self._element(element, image, radius)
            inside: Layout = [("Label.padding", {"children": [("Label.label", {})]})]
            self._style.layout(style, [(element, {"sticky": "nsew", "children": inside})])
            self._style.configure(style, padding=self._theme.pair(8, 2))

    def _bar(self, trough: str, fill: str) -> None:
        radius = self._theme.px(4)
        style = "Horizontal.TProgressbar"
        # The width is that of the piece that moves while nothing is known.
        size = {"width": self._theme.px(MOVING_PX), "height": 2 * radius}
        for name, colour in (("trough", trough), ("pbar", fill)):
            image = self._image(radius, 24, ((0, colour),))
            self._style.element_create(f"Tavern.{name}", "image", image, border=radius, padding=0, sticky="ew", **size)
        bar: Layout = [("Tavern.pbar", {"side": "left", "sticky": "ns"})]
        self._style.layout(style, [("Tavern.trough", {"sticky": "ew", "children": bar})])
        self._style.configure(style, background=self._colours.card)

    def _choice(self) -> None:
        theme, colours = self._theme, self._colours
        edge = theme.px(RING)
        radius = theme.px(8) + edge

        def circle(focus: bool, *layers: Layer) -> tk.PhotoImage:
            around: tuple[Layer, ...] = ((0, colours.accent), (theme.px(2) - 0.5, None)) if focus else ((0, None),)
            inside = tuple((inset + edge, colour) for inset, colour in layers)
            image = tk.PhotoImage(data=rounded_png(radius, 0, radius, (*around, *inside)), format="png")
            self._images.append(image)
            return image

        dot = theme.px(5)
        off, off_focus = (circle(focus, (0, colours.quiet), (self._line, colours.card)) for focus in (False, True))
        on, on_focus = (circle(focus, (0, colours.accent), (dot, colours.on_accent)) for focus in (False, True))
        style = "TRadiobutton"
        faces = (("selected", "focus", on_focus), ("selected", on), ("focus", off_focus))
        self._style.element_create("Tavern.choice", "image", off, *faces, sticky="w", width=theme.px(30))
        inside: Layout = [("Tavern.choice", {"side": "left"}), ("Radiobutton.label", {"side": "left"})]
        self._style.layout(style, [("Radiobutton.padding", {"sticky": "nsew", "children": inside})])
        self._style.configure(style, padding=theme.pair(0, 4))
        self._style.map(style, background=[("active", colours.background)])
        self._style.configure(f"Card.{style}", background=colours.card, font="TavernStrong")
        self._style.map(f"Card.{style}", background=[("active", colours.card)])
        self._style.configure(f"Card.Plain.{style}", background=colours.card, font="TavernText")
        self._style.map(f"Card.Plain.{style}", background=[("active", colours.card)])

    def _tick(self) -> None:
        theme, colours = self._theme, self._colours
        side, radius = theme.px(18), theme.px(4)
        shown = {
            on: tk.PhotoImage(data=tick_png(side, radius, self._line, colours.quiet, *fill), format="png")
            for on, fill in ((False, (colours.card, None)), (True, (colours.accent, colours.on_accent)))
        }
        self._images.extend(shown.values())
        style = "TCheckbutton"
        self._style.element_create(
            "Tavern.tick", "image", shown[False], ("selected", shown[True]), sticky="w", width=theme.px(26)
        )
        text: Layout = [("Checkbutton.label", {"side": "left"})]
        ring: Layout = [("Checkbutton.focus", {"side": "left", "children": text})]
        inside: Layout = [("Tavern.tick", {"side": "left"}), *ring]
        self._style.layout(style, [("Checkbutton.padding", {"sticky": "nsew", "children": inside})])
        self._style.configure(style, padding=theme.pair(0, 4), focuscolor=colours.accent)
        for surface, colour in (("", colours.background), ("Card.", colours.card)):
            self._style.configure(f"{surface}{style}", background=colour)
            self._style.map(f"{surface}{style}", background=[("active", colour)])

    def _field(self) -> None:
        theme, colours = self._theme, self._colours
        ring = theme.px(RING)
        radius = theme.px(BUTTON_RADIUS) + ring

        def face(edge: str, fill: str, focus: bool) -> tk.PhotoImage:
            shown: tuple[Layer, ...] = ((0, colours.accent), (theme.px(2), None)) if focus else ((0, None), (0, None))
            return self._image(radius, 24, (*shown, (ring, edge), (ring + self._line, fill)))

        states = (
            ("disabled", face(colours.border, colours.background, False)),
            ("focus", face(colours.accent, colours.card, True)),
        )
        self._element("Tavern.field", face(colours.quiet, colours.card, False), radius + 2, *states)
        text: Layout = [("Entry.textarea", {"sticky": "nsew"})]
        inside: Layout = [("Entry.padding", {"sticky": "nsew", "children": text})]
        self._style.layout("TEntry", [("Tavern.field", {"sticky": "nsew", "children": inside})])
        self._style.configure(
            "TEntry",
            foreground=colours.text,
            insertcolor=colours.text,
            insertwidth=theme.px(1),
            padding=theme.pair(9 + RING, 8 + RING),
        )
        self._style.map("TEntry", foreground=[("disabled", colours.quiet)])
        for surface, colour in (("", colours.background), ("Card.", colours.card)):
            self._style.configure(f"{surface}TEntry", background=colour, fieldbackground=colours.card)
