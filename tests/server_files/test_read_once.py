"""A configuration that is asked for again is not parsed again, and nobody can change what the next one gets."""

import pytest

from launcher.server_files import config, config_yaml
from launcher.server_files.value import JSValue


def test_the_same_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    read = config_yaml.read

    def counting(text: str, name: str) -> dict[str, JSValue]:
        parsed.append(text)
        return read(text, name)

    monkeypatch.setattr(config_yaml, "read", counting)
    config._read.cache_clear()
    first = config.read_config("whitelist: [127.0.0.1]\nport: 8000\n", "config.yaml")
    first["port"] = 1
    whitelist = first["whitelist"]
    assert isinstance(whitelist, list)
    whitelist.clear()
    again = config.read_config("whitelist: [127.0.0.1]\nport: 8000\n", "config.yaml")
    assert again == {"whitelist": ["127.0.0.1"], "port": 8000}
    assert len(parsed) == 1
