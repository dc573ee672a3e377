"""SMTP transport against a real mail server: outcomes, and the mail as received."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from models import Case, Engagement
from models.database import writing
from tests.mailserver import MailServer, mail_server
from tests.web.clients import engine_of
from tests.workflow.notices import mails, notice, stand_in, wants
from tests.worlds import World
from web.notifications.smtp import SmtpTransport, transport_of
from workflow.notifications.digests import digest, dispatch, dispatch_account_notices, make_mails, next_morning
from workflow.notifications.mail_queue import send_some
from workflow.people.account_notices import Change, notify
from workflow.people.invitations import MAIL, find, invite

BOARD = "kommunstyrelsen"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite: what a mail says does not depend on the store."""
    return engine_of(request)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


def send(world: World, server: MailServer, **more: Any) -> dict[str, int]:
    """Make mails of what waits, and send them."""
    dispatch(world.services, world.tenant, now=world.now, limit=100)
    transport = SmtpTransport(world.services, server.mailing(**more), timeout=5)
    found = send_some(world.services, world.tenant, transport, now=world.now, limit=100)
    return {name: count for name, count in found.items() if count}


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


# -- what goes wrong


def test_without_a_mail_server_there_is_no_post(world: World) -> None:
    from config.mailing import OFF

    assert transport_of(world.services, OFF) is None


def test_a_receiver_refused_for_good_is_given_up_and_the_next_one_still_told(world: World, server: MailServer) -> None:
    world.add("second", ("coordinator", BOARD))
    gone, there = wants(world, "coordinator"), wants(world, "second")
    server.rcpt_answers[gone] = "550 5.1.1 no such user"
    notice(world, "coordinator", BOARD)
    assert send(world, server) == {"mails-sent": 1, "mails-failed": 1}
    assert (len(server.to(gone)), len(server.to(there))) == (0, 1)
    failed = next(mail for mail in mails(world) if mail.state == "failed")
    assert (failed.attempts, failed.error) == (1, "550 5.1.1 no such user")


@pytest.mark.parametrize("where", ["rcpt_answers", "data_answers"])
def test_a_server_that_asks_us_to_come_back_is_asked_again(world: World, server: MailServer, where: str) -> None:
    address = wants(world, "coordinator")
    getattr(server, where)[address] = "451 4.3.0 try again later"
    notice(world, "coordinator", BOARD)
    assert send(world, server) == {"mails-later": 1}
    getattr(server, where).clear()
    world.later(minutes=3)
    assert send(world, server) == {"mails-sent": 1}
    assert len(server.to(address)) == 1


def test_content_refused_for_good_is_given_up(world: World, server: MailServer) -> None:
    server.data_answers[wants(world, "coordinator")] = "554 5.7.1 not wanted"
    notice(world, "coordinator", BOARD)
    assert send(world, server) == {"mails-failed": 1}


def test_nobody_at_the_other_end_means_later(world: World, server: MailServer) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    assert send(world, server, port=1) == {"mails-later": 1}
    assert "refused" in mails(world)[0].error.lower()


def test_a_server_without_encryption_is_told_nothing(world: World, server: MailServer) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    assert send(world, server, starttls=True) == {"mails-later": 1}
    assert server.received == []


def test_a_line_cut_before_the_answer_leaves_a_mail_that_may_have_gone_out(world: World, server: MailServer) -> None:
    address = wants(world, "coordinator")
    server.cut_at.add(address)
    notice(world, "coordinator", BOARD)
    assert send(world, server) == {"mails-unsure": 1}
    world.later(days=3)
    assert send(world, server) == {}
    assert len(server.to(address)) == 1


def test_whose_address_is_gone_meanwhile_is_sent_nothing(world: World, server: MailServer) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=9)
    wants(world, "coordinator", email="")
    assert send(world, server) == {"mails-failed": 1}
    assert mails(world)[0].error == "the person has no address any more"


def test_whose_account_is_closed_meanwhile_is_sent_nothing(world: World, server: MailServer) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=9)
    wants(world, "coordinator", is_active=False)
    assert send(world, server) == {"mails-failed": 1}
    assert server.received == []


@pytest.mark.parametrize("evil", ["a@b.example\r\nBcc: x@evil.example", "a@b.example\nX: y", "<a@b.example>, c"])
def test_an_address_that_would_be_more_than_an_address_is_never_written(
    world: World, server: MailServer, evil: str
) -> None:
    wants(world, "coordinator", email=evil)
    notice(world, "coordinator", BOARD)
    assert send(world, server) == {"mails-failed": 1}
    assert server.received == []


# -- what the reader gets


def a_case(world: World, **columns: Any) -> tuple[int, str]:
    """A case that waits for the board's chair; its id and number."""
    number = world.open("visit")
    values = {"waits_role": "chair", "waits_body_id": world.tenant.body_ids[BOARD], "waits_person_id": None}
    values["title"] = "Visit from Łódź\r\nBcc: everybody@evil.example"  # as only a database could hold it
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Case).where(Case.number == number).values(**(values | columns)))
    return world.row(number).id, number


def test_a_mail_says_what_until_when_why_and_where_in_the_readers_language(world: World, server: MailServer) -> None:
    address = wants(world, "coordinator", language="sv")
    case, number = a_case(world)
    due = world.now.date()
    world.later(days=3)
    clause = next(iter(world.policy.clauses))
    notice(world, "coordinator", BOARD, "rung-step", case_id=case, due_on=due, clause=clause)
    send(world, server)
    (mail,) = server.to(address)
    (row,) = mails(world)
    assert mail["Subject"] == f"Ett ärende är försenat: {number}"
    assert mail["Message-ID"] == f"<mail-{row.id}.orebro@kommun.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"].addresses[0].addr_spec == "instans@kommun.example"
    assert mail["Bcc"] is None
    for text in (plain(mail), html(mail)):
        assert "Ett ärende är försenat." in text
        assert f"{number}, Visit from Łódź Bcc: everybody@evil.example" in text
        assert "15 september 2026" in text
        assert "Internationell samordnare, Kommunstyrelsen" in text
        assert "Ordförande, Kommunstyrelsen" in text
        assert f"https://instans.kommun.example/cases/{number}" in text
        assert "https://instans.kommun.example/settings" in text
        assert f"{clause}: {world.policy.clauses[clause].says['sv'][:20]}" in text


@pytest.mark.parametrize("language", ["sv", "nb", "da", "en"])
def test_every_reader_is_spoken_to_in_their_own_language(world: World, server: MailServer, language: str) -> None:
    from web.i18n.translator import Translator

    address = wants(world, "coordinator", language=language)
    notice(world, "coordinator", BOARD)
    send(world, server)
    (mail,) = server.to(address)
    said = Translator(language, "sv").notice("engagement-entered", is_late=False)
    assert mail["Subject"] == said.rstrip(".")
    assert mail["Content-Language"] == language
    assert f'<html lang="{language}">' in html(mail)
    assert (language == "en") == (mail["Subject"] == "A new engagement is in the register")


def test_of_a_secret_case_only_the_number_is_mailed(world: World, server: MailServer) -> None:
    address = wants(world, "coordinator")
    case, number = a_case(world, secrecy_law="OSL 15:1", title="Unspeakable matter")
    with writing(world.engine, world.tenant.id) as connection:
        row = {
            "municipality_id": world.tenant.id,
            "number": "orebro-e-00009",
            "kind": "visit",
            "title": "Unspeakable matter",
            "status": "active",
            "responsible_body_id": world.tenant.body_ids[BOARD],
            "scope": "own-area",
            "goals": [],
            "fields": {},
            "signature": {},
            "origin": "case",
            "entered_by": number,
            "created_at": world.now,
        }
        engagement = connection.execute(insert(Engagement).returning(Engagement.id), row).scalar_one()
        entered = {"engagement_id": engagement, "act": "enter", "state": "concluded"}
        connection.execute(update(Case).where(Case.id == case).values(**entered))
    notice(world, "coordinator", BOARD, "rung-step", case_id=case, due_on=world.now.date())
    notice(world, "coordinator", BOARD, "engagement-entered", engagement_id=engagement)
    assert send(world, server) == {"mails-sent": 2}
    first, second = server.to(address)
    assert number in plain(first)
    assert "orebro-e-00009" in plain(second)
    for mail in (first, second):
        assert "Unspeakable" not in mail.as_string() + plain(mail) + html(mail)


def test_what_a_title_says_is_text_and_no_markup(world: World, server: MailServer) -> None:
    address = wants(world, "coordinator")
    case, _number = a_case(world, title="<script>alert(1)</script>")
    notice(world, "coordinator", BOARD, "rung-step", case_id=case)
    send(world, server)
    (mail,) = server.to(address)
    assert "<script>" not in html(mail)
    assert "&lt;script&gt;" in html(mail)


def test_a_substitute_is_told_for_whom(world: World, server: MailServer) -> None:
    address = wants(world, "chair.executive")
    stand_in(world, "coordinator", "chair.executive", "coordinator", BOARD)
    notice(world, "coordinator", BOARD)
    send(world, server)
    (mail,) = server.to(address)
    assert "International coordinator, Municipal executive board, in place of Coordinator" in plain(mail)


def test_lines_that_begin_with_a_dot_arrive_as_they_were(world: World, server: MailServer) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=9)
    from web.notifications.smtp import SmtpConnection

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Dots"
    message.set_content(".one\n..two\n.\nend\n")
    connection = SmtpConnection(server.mailing())
    assert connection.send(message).outcome == "sent"
    assert connection.send(message).outcome == "sent"
    connection.close()
    assert plain(server.received[0]).replace("\r\n", "\n") == ".one\n..two\n.\nend\n"


def test_one_connection_carries_all_that_is_due(
    world: World, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    connect = smtplib.SMTP.connect

    def counted(self: smtplib.SMTP, *given: Any, **more: Any) -> Any:
        opened.append(given)
        return connect(self, *given, **more)

    monkeypatch.setattr(smtplib.SMTP, "connect", counted)
    wants(world, "coordinator")
    for _ in range(4):
        notice(world, "coordinator", BOARD)
    assert send(world, server) == {"mails-sent": 4}
    assert len(opened) == 1


# -- the digest


def test_a_digest_holds_everything_of_the_day(world: World, server: MailServer) -> None:
    address = wants(world, "coordinator", "daily")
    case, number = a_case(world)
    notice(world, "coordinator", BOARD)
    notice(world, "coordinator", BOARD, "rung-step", case_id=case, due_on=world.now.date())
    assert send(world, server) == {}
    world.now = next_morning(world.tenant, world.now)
    digest(world.services, world.tenant, now=world.now)
    assert send(world, server) == {"mails-sent": 1}
    (mail,) = server.to(address)
    assert mail["Subject"] == "2 new notices"
    text = plain(mail)
    assert text.index("A new engagement is in the register.") < text.index("A case must be dealt with soon.")
    assert number in text


def test_a_digest_longer_than_a_mail_leads_on_to_the_page(world: World, server: MailServer) -> None:
    address = wants(world, "coordinator", "daily")
    for _ in range(60):
        notice(world, "coordinator", BOARD)
    send(world, server)
    world.now = next_morning(world.tenant, world.now)
    digest(world.services, world.tenant, now=world.now)
    send(world, server)
    (mail,) = server.to(address)
    assert mail["Subject"] == "More than 50 new notices"
    assert plain(mail).count("A new engagement") == 50
    assert "https://instans.kommun.example/notices" in plain(mail)


def test_what_is_composed_is_read_with_few_statements(world: World, server: MailServer) -> None:
    from sqlalchemy import event

    wants(world, "coordinator", "daily")
    for _ in range(40):
        notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=100)
    world.now = next_morning(world.tenant, world.now)
    digest(world.services, world.tenant, now=world.now)
    sent: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    send(world, server)
    assert len([one for one in sent if not one.startswith("BEGIN")]) <= 14, sent


# -- accounts


def test_change_of_an_account_is_mailed_to_the_address_from_before(world: World, server: MailServer) -> None:
    address = wants(world, "officer", "none", language="sv")
    change = Change("email-changed", world.people["officer"], world.people["officer"], address="old@kommun.example")
    with writing(world.engine, world.tenant.id) as connection:
        notify(connection, world.tenant, change, now=world.now)
    assert dispatch_account_notices(world.services, world.tenant, now=world.now, limit=9) == 1
    assert send(world, server) == {"mails-sent": 1}
    (message,) = server.received
    assert "old@kommun.example" in message["To"]
    assert address not in str(message)


def test_invitation_is_mailed_with_a_link_that_opens(world: World, server: MailServer) -> None:
    wants(world, "chair.executive")
    wants(world, "auditor")
    with writing(world.engine, world.tenant.id) as connection:
        person = world.people["chair.executive"]
        assert invite(connection, world.tenant, person, world.people["admin"], MAIL, now=world.now) is None
    dispatch_account_notices(world.services, world.tenant, now=world.now, limit=9)
    assert send(world, server) == {"mails-sent": 2}
    texts = {str(message["To"]): plain(message) for message in server.received}
    (own,) = (text for to, text in texts.items() if "chair.executive" in to)
    (watched,) = (text for to, text in texts.items() if "auditor" in to)
    token = re.search(r"/invitation/(\S+)", own)
    assert token is not None
    assert find(world.services, token[1], now=world.now).person_id == person
    assert "/invitation/" not in watched
    assert "You are invited" not in watched


def test_invitation_that_has_ended_is_not_mailed(world: World, server: MailServer) -> None:
    wants(world, "officer")
    for _ in range(2):
        with writing(world.engine, world.tenant.id) as connection:
            invite(connection, world.tenant, world.people["officer"], None, MAIL, now=world.now)
    dispatch_account_notices(world.services, world.tenant, now=world.now, limit=9)
    assert send(world, server) == {"mails-sent": 1, "mails-failed": 1}


def test_while_mail_is_off_notices_of_accounts_are_no_mails(world: World) -> None:
    wants(world, "officer")
    with writing(world.engine, world.tenant.id) as connection:
        notify(connection, world.tenant, Change("password-changed", world.people["officer"]), now=world.now)
    make_mails(world.services, world.tenant, now=world.now, limit=9, by_mail=False)
    assert mails(world) == []
