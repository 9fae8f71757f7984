"""The icon in the tray: a process of its own that shows the keeper's state and sends its requests."""

import os
import sys
from collections.abc import Callable

from launcher.ui.tray.tray_ui import NO_TRAY, KeeperLink, PhoneAddress, TrayUI, open_url

__all__ = ["NO_TRAY", "KeeperLink", "run_tray"]


def run_tray(
    link: KeeperLink,
    open_window: Callable[[str], None],
    open_browser: Callable[[str], None] = open_url,
    last_address: PhoneAddress | None = None,
    at_login: bool = False,
) -> int:
    """Show the icon until the keeper closes it or is gone: 0. NO_TRAY (3): this desktop shows none, the keeper knows.

    Call it in the main thread of its process. `open_window` gets "window", "qr" or "question" and must return at once.
    `at_login`: where no panel comes it stays all the same, without an icon: it still tells what matters, and asks.
    On Linux the icon speaks StatusNotifierItem itself; pystray serves Windows, macOS, whoever sets PYSTRAY_BACKEND, and
    Linux desktops that have an older tray and AppIndicator.
    """
    ui = TrayUI(link, open_window, open_browser, last_address, at_login)
    if sys.platform == "linux" and not os.environ.get("PYSTRAY_BACKEND"):
        import asyncio

        from launcher.ui.tray.linux import LATE_PANEL_S, AppIndicatorInstead, run

        try:
            return asyncio.run(run(ui, None if at_login else LATE_PANEL_S))
        except AppIndicatorInstead:
            os.environ["PYSTRAY_BACKEND"] = "appindicator"
    from launcher.ui.tray.pystray_icon import run_pystray

    return run_pystray(ui)
