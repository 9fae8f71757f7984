"""Runs the Windows Python that windows_python.sh built: `windows_run.py FOLDER ARGUMENTS…`. Windows need DISPLAY.

WTIMEOUT: seconds before it is killed (120). WEXE: another .exe of FOLDER to run instead of py/python.exe.
Exit status: the program's own, 124 when it ran past its time.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path


def main() -> None:
    folder = Path(sys.argv[1]).absolute()
    env = dict(os.environ, WINEPREFIX=f"{folder}/wp", WINEARCH="win64", WINEDLLOVERRIDES="mscoree=;mshtml=")
    env.setdefault("WINEDEBUG", "-all")
    # Wine's daemons inherit our pipes and would hold them open, so they are started first, on their own.
    for command in (["wineserver", "-p600"], ["wine", "cmd", "/c", "exit"]):
        subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    program = folder / os.environ.get("WEXE", "py/python.exe")
    child = subprocess.Popen(
        ["wine", str(program), *sys.argv[2:]],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    reader = threading.Thread(target=_copy_output, args=(child,), daemon=True)
    reader.start()
    try:
        status = child.wait(float(os.environ.get("WTIMEOUT", "120")))
    except subprocess.TimeoutExpired:
        child.kill()
        status = 124
    reader.join(1)
    sys.stdout.flush()
    os._exit(status)


def _copy_output(child: subprocess.Popen[bytes]) -> None:
    assert child.stdout
    while block := os.read(child.stdout.fileno(), 65536):
        sys.stdout.buffer.write(block.replace(b"\r\n", b"\n"))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
