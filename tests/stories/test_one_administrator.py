"""One administrator alone: seats, accounts, substitutes and mandates of their own making bring no case to a decision.

They are told why not; with a second person it goes, and the auditor sees both.
"""

from __future__ import annotations

import pytest

from tests.stories.conftest import Visit
from tests.stories.live_server import Stage

WAITING = "A visit that waits for the committee"


@pytest.mark.slow
def test_one_administrator_alone_brings_no_case_to_a_decision(visit: Visit, stage: Stage) -> None:
    town = stage.town("orebro")
    number = town.open("visit", title=WAITING)
    waits_in = str(town.walk(number, "decide:responsible"))
    body = town.tenant.body_keys[town.row(number).waits_body_id]
    admin = visit("admin@orebro")

    # somebody invented, who is to be the chair
    admin.page.goto("/admin/people/new")
    admin.writes("Name", "Invented Chair")
    admin.writes("User name", "invented")
    admin.page.locator("form.record-form button[type=submit]").click()
    admin.is_told("is known here now")
    admin.page.goto(f"/admin/appointments/new?username=invented&role=chair&body={body}")
    admin.writes("Who? (user name)", "invented")
    admin.page.get_by_label("As what?").select_option("chair")
    admin.page.get_by_label("In which body?").select_option(body)
    admin.page.locator("form.record-form button[type=submit]").click()
    admin.is_told("nothing has changed yet")

    # neither confirmed by its proposer, nor dated back, nor a seat of one's own
    admin.page.goto("/admin/changes")
    admin.sees("You have proposed this yourself, so somebody else must confirm it.")
    assert admin.page.get_by_role("button", name="Confirm").count() == 0
    admin.page.goto("/admin/appointments/new")
    admin.writes("Who? (user name)", "admin")
    admin.page.get_by_label("As what?").select_option("chair")
    admin.page.get_by_label("In which body?").select_option(body)
    admin.page.locator("form.record-form button[type=submit]").click()
    admin.is_refused("Nobody appoints themselves")
    admin.writes("Who? (user name)", "invented")
    admin.page.locator("[name=starts_on]").fill("2020-01-01")
    admin.page.locator("form.record-form button[type=submit]").click()
    admin.is_refused("in the past")

    # no mandate over everything by an empty form, and none alone
    admin.page.goto("/admin/mandates/new")
    admin.page.locator("[name=reference]").fill("My own order")
    admin.page.locator("form.record-form button[type=submit]").click()
    admin.is_refused("is needed")

    # nothing of it has any effect
    assert str(town.row(number).state) == waits_in
    admin.page.goto(f"/cases/{number}")
    assert admin.page.get_by_role("link", name="Enter the decision").count() == 0

    # the chair of the body confirms where there is no other administrator; the auditor reads both names
    second = visit("chair.committee@orebro")
    second.page.goto("/admin/changes")
    second.sees("Invented Chair")
    second.page.get_by_role("button", name="Confirm").first.click()
    second.is_told("It is confirmed and carried out.")
    auditor = visit("auditor@orebro")
    auditor.page.goto("/audit/journal")
    auditor.sees("Admin", "Chair.Committee")
    auditor.page.goto("/admin/mandates")
    auditor.sees("Mandates")
