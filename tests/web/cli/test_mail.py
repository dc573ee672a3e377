"""Does `instans mail test` say whether mail leaves, and why not?"""

from __future__ import annotations

from tests.mailserver import MailServer, mail_server
from tests.web.cli.calling import Run, fails


def given(server: MailServer) -> dict[str, str]:
    """What the command must be told of a mail server."""
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(server.port),
        "SMTP_STARTTLS": "no",
        "MAIL_FROM": "Instans <instans@kommun.example>",
        "BASE_URL": "https://instans.kommun.example",
    }


def test_with_mail_off_it_says_what_is_missing(run: Run) -> None:
    fails(run("mail", "test", "a@b.example"), 1, "INSTANS_SMTP_HOST is not set")


def test_what_is_no_address_is_wrong_usage(run: Run) -> None:
    fails(run("mail", "test", "nobody"), 2, "nobody")


def test_what_the_mail_server_refuses_is_told(run: Run) -> None:
    with mail_server() as server:
        server.rcpt_answers["a@b.example"] = "550 5.1.1 no such user"
        fails(run("mail", "test", "a@b.example", **given(server)), 1, "did not go out", "550 5.1.1 no such user")


def test_a_mail_arrives(run: Run) -> None:
    with mail_server() as server:
        code, out, err = run("mail", "test", "a@b.example", **given(server))
    assert (code, out, err) == (0, "127.0.0.1 has taken a mail to a@b.example\n", "")
    (mail,) = server.to("a@b.example")
    assert mail["Subject"] == "Instans: mail works"
    assert "https://instans.kommun.example" in mail.get_content()
