"""Mail settings from the environment, and the errors of incomplete ones."""

from __future__ import annotations

import pytest

from config.settings import Settings, SettingsInvalid

COMPLETE = {
    "INSTANS_SMTP_HOST": "mail.kommun.example",
    "INSTANS_MAIL_FROM": "Instans <instans@kommun.example>",
    "INSTANS_BASE_URL": "https://instans.kommun.example/",
}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"INSTANS_MAIL_FROM": ""}, "INSTANS_MAIL_FROM is not set"),
        ({"INSTANS_MAIL_FROM": "Instans"}, "INSTANS_MAIL_FROM is not set"),
        ({"INSTANS_BASE_URL": ""}, "INSTANS_BASE_URL is not set"),
        ({"INSTANS_BASE_URL": "instans.kommun.example"}, "give an address like"),
        ({"INSTANS_BASE_URL": "https://x.example/?a=b"}, "give an address like"),
        ({"INSTANS_BASE_URL": "javascript:alert(1)"}, "give an address like"),
        ({"INSTANS_SMTP_PORT": "smtp"}, "give a port number"),
        ({"INSTANS_SMTP_PORT": "70000"}, "give a port number"),
        ({"INSTANS_SMTP_STARTTLS": "maybe"}, "say yes or no"),
    ],
)
def test_what_is_missing_or_wrong_is_named(more: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsInvalid, match=told):
        Settings.from_environment(COMPLETE | more)


def test_without_a_mail_server_mail_is_off() -> None:
    assert not Settings.from_environment({}).mailing.is_on
    assert Settings.from_environment({"INSTANS_BASE_URL": "https://x.example"}).mailing.base_url == "https://x.example"


def test_mail_is_encrypted_unless_said_otherwise_and_its_password_is_not_shown() -> None:
    given = COMPLETE | {"INSTANS_SMTP_USER": "instans", "INSTANS_SMTP_PASSWORD": "hush"}
    mailing = Settings.from_environment(given).mailing
    assert (mailing.is_on, mailing.port, mailing.starttls, mailing.tls_at_once) == (True, 587, True, False)
    assert (mailing.base_url, mailing.domain) == ("https://instans.kommun.example", "kommun.example")
    assert "hush" not in repr(Settings.from_environment(given))
    assert Settings.from_environment(given | {"INSTANS_SMTP_PORT": "465"}).mailing.tls_at_once
    assert not Settings.from_environment(given | {"INSTANS_SMTP_STARTTLS": "no"}).mailing.starttls


def test_domains_beyond_ascii_are_written_in_their_ascii_form() -> None:
    given = {
        "INSTANS_SMTP_HOST": "mäil.example",
        "INSTANS_MAIL_FROM": "Örebro <a@örebro.example>",
        "INSTANS_BASE_URL": "https://örebro.example:8443/x",
    }
    mailing = Settings.from_environment(given).mailing
    assert mailing.host == "xn--mil-qla.example"
    assert (mailing.sender_address, mailing.sender) == ("a@xn--rebro-iua.example", "Örebro <a@xn--rebro-iua.example>")
    assert mailing.base_url == "https://xn--rebro-iua.example:8443/x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INSTANS_MAIL_FROM", "ärende@x.example"),
        ("INSTANS_MAIL_FROM", "a@-ö..example"),
        ("INSTANS_SMTP_HOST", "mail server"),
        ("INSTANS_SMTP_USER", "åke"),
        ("INSTANS_SMTP_PASSWORD", "hemligt-å"),
    ],
)
def test_what_no_mail_server_would_take_is_refused_at_start(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=name) as refused:
        Settings.from_environment(COMPLETE | {name: value})
    assert "hemligt" not in str(refused.value)
