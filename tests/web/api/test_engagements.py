"""The register of engagements in the API."""

from __future__ import annotations

from typing import Any

from tests.web.api.conftest import Programs
from tests.worlds import World, build
from workflow.register.details import change_details
from workflow.register.service import register_engagement


def registered(world: World, **more: Any) -> str:
    given = {
        "kind": "twin-agreement",
        "title": "Drammen",
        "source": "Agreement of 1954",
        "partner_name": "Nordic twin town D (example)",
        "partner_country": "NO",
        "responsible": "programnamnd-barn",
        "named_nordic_twin": True,
        "starts_on": "1954-05-01",
    } | more
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)


def test_the_register_is_listed_filtered_and_paged(program: Programs, world: World) -> None:
    numbers = [
        registered(world),
        registered(world, kind="membership", responsible="kommunstyrelsen"),
        registered(world),
    ]
    officer = program("auditor")
    first = officer.get("/engagements?kind=twin-agreement&limit=1").get_json()
    assert [found["number"] for found in first["items"]] == [numbers[2]]
    second = officer.get(first["next"]).get_json()
    assert [found["number"] for found in second["items"]] == [numbers[0]]
    assert second["next"] is None
    assert second["items"][0]["named_nordic_twin"] is True
    found = officer.get("/engagements?responsible=kommunstyrelsen&status=active").get_json()["items"]
    assert [one["number"] for one in found] == [numbers[1]]
    assert officer.get("/engagements?status=ended").get_json()["items"] == []
    for query in ("status=lost", "kind=marriage", "responsible=nobody", "more=1"):
        assert officer.get(f"/engagements?{query}").status_code == 422


def test_an_engagement_tells_what_it_rests_on(program: Programs, world: World) -> None:
    found = program("auditor").get(f"/engagements/{registered(world)}").get_json()
    assert (found["origin"], found["source"], found["entered_by"]) == ("register", "Agreement of 1954", None)
    assert found["partner"] == {"name": "Nordic twin town D (example)", "country": "NO"}
    assert found["starts_on"] == "1954-05-01"


def test_a_concluded_case_and_its_engagement_name_each_other(program: Programs, world: World) -> None:
    number = world.open("membership", attributes={"scope": "municipality"})
    world.walk(number)
    case = program("officer").get(f"/cases/{number}").get_json()
    (engagement,) = case["engagements"]
    found = program("officer").get(f"/engagements/{engagement}").get_json()
    assert (found["origin"], found["entered_by"], found["status"]) == ("case", number, "active")
    assert found["evaluations"]
    draft = {"municipality": "orebro", "engagement": "membership", "act": "terminate", "title": "Leave"}
    opened = program("officer").post("/cases", draft | {"engagement_number": engagement})
    assert opened.status_code == 201
    assert opened.get_json()["engagements"] == [engagement]


def test_another_municipalitys_register_is_not_there(program: Programs, world: World) -> None:
    other = build(world.engine, "oslo")
    given = {
        "kind": "membership",
        "title": "X",
        "source": "Y",
        "responsible": next(other.policy.responsible_bodies()).key,
    }
    number = register_engagement(other.services, other.people["officer"], "oslo", given, now=other.now)
    assert program("officer").get(f"/engagements/{number}").status_code == 404
    assert program("officer").get("/engagements").get_json()["items"] == []


def test_a_list_is_narrowed_searched_and_ordered_as_on_the_screen(program: Programs, world: World) -> None:
    for title, more in {
        "Åbo, a twin": {"partner_name": "Åbo", "partner_country": "FI", "ends_on": "2027-01-01"},
        "Zagreb": {"partner_name": "Zagreb", "partner_country": "HR", "ends_on": "2026-12-31"},
        "Lapsed": {"partner_name": "Lund", "partner_country": "SE", "ends_on": "2026-09-14"},
    }.items():
        given = {"kind": "visit", "title": title, "source": "Minutes", "responsible": "kommunstyrelsen"} | more
        register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)
    reader = program("auditor")
    for query, titles in {
        "sort=title": ["Lapsed", "Zagreb", "Åbo, a twin"],
        "sort=partner": ["Lapsed", "Zagreb", "Åbo, a twin"],
        "sort=ends": ["Lapsed", "Zagreb", "Åbo, a twin"],
        "country=FI": ["Åbo, a twin"],
        "q=abo": ["Åbo, a twin"],
        "q=zag": ["Zagreb"],
        "standing=lapsed": ["Lapsed"],
        "standing=active&sort=title": ["Zagreb", "Åbo, a twin"],
        # as every row carries it, whatever its dates say
        "status=active&sort=title": ["Lapsed", "Zagreb", "Åbo, a twin"],
    }.items():
        assert [item["title"] for item in reader.get(f"/engagements?{query}").get_json()["items"]] == titles, query
    first = reader.get("/engagements?sort=title&limit=2").get_json()
    second = reader.get(first["next"]).get_json()
    assert [item["title"] for item in (*first["items"], *second["items"])] == ["Lapsed", "Zagreb", "Åbo, a twin"]
    assert second["next"] is None
    for query in ("sort=oldest", "standing=late", "after=0", "sort=title&sort=ends"):
        assert reader.get(f"/engagements?{query}").status_code == 422, query


def test_what_is_kept_of_an_engagement_is_told(program: Programs, world: World) -> None:
    number = registered(world)
    tenant = {"partner_kind": "city", "latitude": "60.45", "longitude": "22.27", "participants": 9}
    line = {"year": 2026, "funding_source": "external", "funder": "Region", "amount": 5, "currency": "EUR"}
    for version, (part, given) in enumerate((("partner", tenant), ("add-funding", line))):
        change_details(
            world.services, world.people["officer"], number, part, given, now=world.now, expected_version=version
        )
    found = program("auditor").get(f"/engagements/{number}").get_json()
    assert (found["partner_kind"], found["latitude"], found["longitude"], found["participants"]) == (
        "city",
        60.45,
        22.27,
        9,
    )
    told = {"year": 2026, "source": "external", "funder": "Region", "amount": 5, "currency": "EUR"}
    assert found["funding"] == [told | {"report_due_on": None}]
    assert (found["details_version"], found["standing"]) == (2, "active")
    assert "contacts" not in found
