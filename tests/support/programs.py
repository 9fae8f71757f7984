"""Small programs of Node that stand in for a SillyTavern where its look from outside is all that counts.

A real process that is found, started, guarded, read and stopped as a real one, and is up in 0.1 s.
"""

import json
from pathlib import Path

READY = "console.log('SillyTavern is listening on IPv4: 0.0.0.0:' + port);"
SERVE = f"""
const http = require('http');
const port = __PORT__;
http.createServer((request, response) => response.end('hello')).listen(port, '0.0.0.0', () => {{ {READY} }});
process.on('SIGTERM', () => {{ console.log('goodbye'); process.exit(0); }});
"""


def node_program(folder: Path, script: str = SERVE, port: int = 8000, version: str = "1.19.0") -> Path:
    """An installation of `version` whose server.js is `script`; `__PORT__` in it becomes `port`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"name": "sillytavern", "version": version}), "utf-8")
    (folder / "server.js").write_text(script.replace("__PORT__", str(port)), "utf-8")
    (folder / "config.yaml").write_text(f"port: {port}\nlisten: true\n", "utf-8")
    (folder / "public").mkdir(exist_ok=True)
    (folder / "node_modules").mkdir(exist_ok=True)
    return folder
