"""A login is fit only when this version can check it and it protects something."""

import secrets

import pytest

from launcher.access.login import PasswordLevel, login_problem, readable_password, strength
from launcher.access.password_words import WORDS


@pytest.mark.parametrize(
    ("username", "password", "version"),
    [("", "river", "1.19.0"), ("anna", "", "1.19.0"), ("", "", "1.9.0"), ("user", "password", "1.19.0")]
    + [("anna", "password", "1.19.0"), ("an:na", "river", "1.19.0"), ("anna", "ri:ver", "1.14.0")]
    + [("anna", "ri:ver", "1.9.7"), ("anna", "ri:ver", "unknown"), ("anna", "ri:ver", "1.15.0")]
    + [("anna", "ri\nver", "1.19.0"), ("an\x00na", "river", "1.19.0"), ("anna", "ri\u202ever", "1.19.0")]
    + [("anna", "ri\ud800ver", "1.19.0"), ("anna", "river\u200b", "1.19.0"), ("anna", "ri\tver", "1.19.0")],
)
def test_a_login_that_cannot_work_or_protects_nothing_is_refused(username: str, password: str, version: str) -> None:
    found = login_problem(username, password, version)
    assert found
    assert found.title.endswith(".")
    assert found.advice
    assert password not in found.title or len(password) < 2 or password == "password"


@pytest.mark.parametrize("version", ["1.9.0", "1.14.0", "1.16.0", "1.19.0"])
@pytest.mark.parametrize(
    "password", ["river", " a b ", "\"'#\\%<&>", "Пароль", "😀", "👩\u200d👧", "x" * 200, "12345", "null", "user"]
)
def test_every_password_that_was_seen_to_work_is_taken(version: str, password: str) -> None:
    assert login_problem("anna", password, version) is None


def test_a_colon_in_the_password_is_taken_where_it_works() -> None:
    assert login_problem("anna", "ri:ver", "1.16.0") is None
    assert login_problem("anna", "ri:ver", "1.19.0") is None


def test_the_user_name_user_is_no_problem_with_a_password_of_its_own() -> None:
    assert login_problem("user", "river-stone", "1.19.0") is None


def test_a_readable_password_is_five_of_1024_words_and_strong() -> None:
    password = readable_password(secrets.choice)
    assert len(password.split("-")) == 5
    assert set(password.split("-")) <= set(WORDS)
    assert login_problem("anna", password, "1.9.0") is None
    if len(set(password.split("-"))) == 5:
        assert strength(password).level is PasswordLevel.STRONG


def test_the_words_are_1024_different_ones_easy_to_type() -> None:
    assert len(WORDS) == len(set(WORDS)) == 1024
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 6 for word in WORDS)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "a",
        "password1",
        "12345678",
        "qwertyuiop123",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "hunter2",
        "sillytavern2024",
    ]
    + ["river-stone-maple", "почтальон", "Summer2024", "😀😀😀"],
)
def test_a_password_that_is_easy_to_guess_is_weak(password: str) -> None:
    assert strength(password).level is PasswordLevel.WEAK


@pytest.mark.parametrize(
    "password", ["xK9#mQ2$vv8", "correct horse battery staple", "7fGh2kLp9QzR", "kqzvjwxhtmprkqzvbnmdxt"]
)
def test_a_long_or_random_password_is_strong(password: str) -> None:
    assert strength(password).level is PasswordLevel.STRONG
