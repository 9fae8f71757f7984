"""Real servers on this PC that tell a public address, honestly or not."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.support.machine import need

Talk = Callable[[socket.socket], None]


def telling(body: bytes, *headers: str, status: str = "200 OK") -> Talk:
    """Answers like any web server."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return lambda line: line.sendall("\r\n".join(lines).encode("ascii") + body)


@contextmanager
def service(talk: Talk, host: str = "127.0.0.1", port: int = 0, certificate: Path | None = None) -> Iterator[str]:
    """Its web address. `talk` gets each connection, in a thread of its own, once its request has come."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    with socket.create_server((host, port), family=family) as door:
        threading.Thread(target=_serve, args=(door, talk, context), daemon=True).start()
        where = f"[{host}]" if ":" in host else host
        yield f"{'https' if certificate else 'http'}://{where}:{door.getsockname()[1]}/"
        with suppress(OSError):  # Windows ends it with `close` alone.
            door.shutdown(socket.SHUT_RDWR)


@contextmanager
def named_in_settings(home: Path, *answers: str | Talk) -> Iterator[None]:
    """Services with these answers are the ones that the settings in `home` name."""
    with ExitStack() as running:
        talks = [telling(answer.encode()) if isinstance(answer, str) else answer for answer in answers]
        urls = [running.enter_context(service(talk)) for talk in talks]
        (home / "settings.toml").write_text(f"public_ip_services = {urls!r}\n", "utf-8")
        yield


def _serve(door: socket.socket, talk: Talk, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(line, talk, context), daemon=True).start()


def _answer(line: socket.socket, talk: Talk, context: ssl.SSLContext | None) -> None:
    try:
        with line, context.wrap_socket(line, server_side=True) if context else line as talking:
            asked = b""
            while b"\r\n\r\n" not in asked and (more := talking.recv(4096)):
                asked += more
            talk(talking)
    except OSError:
        return  # Whoever asked has hung up.


def certificate(folder: Path, *names: str) -> Path:
    """A file with a key and a certificate that vouches for itself, such as for `IP:127.0.0.1` or `DNS:localhost`."""
    need("openssl")
    file = folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=tavernkeep test", "-addext", f"subjectAltName={','.join(names)}"]
    command += ["-days", "2", "-keyout", str(file), "-out", str(folder / "only.pem")]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text("ascii") + (folder / "only.pem").read_text("ascii"), "ascii")
    return file
