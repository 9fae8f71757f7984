"""What a report may say to a stranger."""

import pytest

from launcher.system.masking import Private, masked

ADA = Private(
    home="/home/ada",
    user="ada",
    host="ada-laptop",
    addresses=("192.168.0.5", "fd00::5", "203.0.114.7"),
    secrets=("correct horse", "tavernlord", "Ada's iPhone"),
)
ON_WINDOWS = Private(home="C:\\Users\\Ada L", user="Ada L", host="PC-7")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ada/SillyTavern", "~/SillyTavern"),
        ("/home/adam/x and /media/ada/disk", "/home/adam/x and /media/<user>/disk"),
        ("Canada ada_lovelace ADA", "Canada <user>_lovelace <user>"),
        ("host ada-laptop.lan", "host <this-pc>.lan"),
        ("the password is correct horse.", "the password is <secret>."),
        ("Welcome, tavernlord", "Welcome, <secret>"),
        ("Ada's iPhone asks", "<secret> asks"),
        ("This PC is 192.168.0.5, the phone 192.168.0.23.", "This PC is 192.168.0.5, the phone 192.168.0.…."),
        ("from 203.0.114.7 to 8.8.8.8:443", "from <public address> to <public address>:443"),
        ("8.8.8.* 192.168.0.* 192.168.0.0/24", "<public address> 192.168.0.* 192.168.0.0/24"),
        ("10.0.0.1-10.0.0.9", "10.0.0.…-10.0.0.…"),
        ("127.0.0.1 ::1 0.0.0.0 ::", "127.0.0.1 ::1 0.0.0.0 ::"),
        ("fd00::5 fd00::99 fe80::1%eth0 fd00::/8", "fd00::5 fd00:… fe80:… fd00::/8"),
        ("[2a00:1450:4001::200e]:8000", "[<public address>]:8000"),
        ("at aa:bb:cc:dd:ee:ff", "at <MAC address>"),
        ("at AA-BB-CC-DD-EE-FF", "at <MAC address>"),
        ("12:34:56 SillyTavern 1.19.0 std::cout", "12:34:56 SillyTavern 1.19.0 std::cout"),
        ("1.2.3.4.5 and v1.2.3.4", "1.2.3.4.5 and v1.2.3.4"),
        ("Authorization: Bearer sk-abcdef123456", "Authorization: <secret> <key>"),
        ("used sk-ant-abcdef123456", "used <key>"),
        ("key AIzaSyA1234567890abcdefghij", "key <key>"),
        ('{"api_key": "1234", "openai_token":"x"}', '{"api_key": "<secret>", "openai_token":"<secret>"}'),
        ("basicAuthUser.password=12345", "basicAuthUser.password=<secret>"),
        ("https://me:pw@example.org/a?key=1 ok", "https://<secret>@example.org/a?… ok"),
        ("d41d8cd98f00b204e9800998ecf8427e", "<key>"),
        ("mail ada.l@example.org", "mail <e-mail>"),
    ],
)
def test_what_is_secret_is_taken_out(text: str, shown: str) -> None:
    assert masked(text, ADA) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("C:\\Users\\Ada L\\x", "~\\x"),
        ("c:/users/ada l/x", "~/x"),
        ('"C:\\\\Users\\\\Ada L\\\\x"', '"~\\\\x"'),
        ("D:\\Ada L\\x on PC-7", "D:\\<user>\\x on <this-pc>"),
    ],
)
def test_paths_of_windows(text: str, shown: str) -> None:
    assert masked(text, ON_WINDOWS) == shown


def test_common_names_and_no_home_take_nothing_away() -> None:
    text = "root runs node in /srv/root on localhost"
    assert masked(text, Private(home="/", user="root", host="localhost")) == text
    assert masked("/root/x", Private(home="/root", user="root")) == "~/x"
