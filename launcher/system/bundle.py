"""The built program: what its loader puts around a process for our libraries, and how that is taken away again.

The loader (PyInstaller's) has done with it when Python runs; other programs would load our libraries for theirs.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# What the loader sets; `_ORIG` keeps what the user had.
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "LIBPATH")
_OURS_ALONE = ("TCL_LIBRARY", "TK_LIBRARY", "_MEIPASS2", "PYTHONHOME")
_FOR_TK = ("TCL_LIBRARY", "TK_LIBRARY")


def is_bundled() -> bool:
    """Whether this is the built program, and not Python."""
    return bool(getattr(sys, "frozen", False))


def users_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` as the user has it: library paths are theirs, and what only concerns our own files is gone."""
    bundled = is_bundled()
    environment = {
        name: value
        for name, value in environ.items()
        if not name.startswith("_PYI_") and not (bundled and name in _OURS_ALONE)
    }
    for name in _LIBRARY_PATHS:
        original = environment.pop(f"{name}_ORIG", None)
        if original is not None:
            environment[name] = original
        elif bundled:
            environment.pop(name, None)
    return environment


def leave_environment(opens_window: bool) -> None:
    """Give this process the user's environment, so that no program it starts inherits ours. Call it first of all.

    With `opens_window` Tk still has to read there where its own files are; call `forget_tk` when it has.
    """
    if not is_bundled():
        return
    theirs = users_environment(os.environ)
    for name in set(os.environ) - set(theirs) - set(_FOR_TK):
        del os.environ[name]
    os.environ.update(theirs)
    if not opens_window:
        forget_tk()
    _leave_library_folder()


def forget_tk() -> None:
    """The same for what only Tk reads, at its start."""
    if is_bundled():
        for name in _FOR_TK:
            os.environ.pop(name, None)


if sys.platform == "win32":

    def _leave_library_folder() -> None:
        """Move our folder from the search that children inherit (learn.microsoft.com, SetDllDirectoryW) to our own."""
        import ctypes

        os.add_dll_directory(str(Path(sys.executable).with_name("_internal")))
        ctypes.windll.kernel32.SetDllDirectoryW(None)

else:

    def _leave_library_folder() -> None:
        """Windows only: elsewhere the folder is in the environment."""
