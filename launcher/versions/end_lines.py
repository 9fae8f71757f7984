"""What the last lines of a server say about why it ended. PURE.

Recorded from 1.9.7 to 1.19.0.
"""

import re

PORT_TAKEN = re.compile(r"EADDRINUSE|is already in use\. Another SillyTavern")
PORT_RESERVED = re.compile(r"listen EACCES")
INSECURE = re.compile(r"(?:unsecurely|insecurely) open to the public|configuration is insecure \(listening")
MODULE = re.compile(r"Cannot find (?:module|package) '([^']{1,80})'")
CONFIG_YAML = re.compile(r"^(?:FATAL: )?(?:Failed to read|Could not add missing config values to) config\.yaml")
CONFIG_CONF = re.compile(r"config\.conf:(\d+)$")
AT_LINE = re.compile(r"\bat line (\d+)")
NO_CONFIG = re.compile(r"No config file found")
OLD_NODE = re.compile(
    r"^ReferenceError: (?:File|ReadableStream|Blob|fetch) is not defined|^SyntaxError: (?:Unexpected token '\?\?='"
    r"|The requested module 'node:)|ERR_UNKNOWN_BUILTIN_MODULE|No such built-in module"
)
CRITICAL = re.compile(r"^A critical error has occurred while starting the server:?\s*(.*)")
ERROR = re.compile(r"^(?:Uncaught )?\w*(?:Error|Exception)\b.*:.*")
