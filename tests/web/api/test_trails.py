"""Trails in the API: verifiable with nothing but the answer."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from models import AccessLog
from models.database import reading
from tests.web.api.conftest import Programs
from tests.worlds import World


def test_every_hash_link_and_commitment_can_be_recomputed(program: Programs, world: World) -> None:
    number = world.open("exchange")
    world.walk(number)
    trail = program("auditor").get(f"/cases/{number}/trail").get_json()
    assert trail["version"] == len(trail["entries"]) == world.version(number)
    previous = ""
    for position, entry in enumerate(trail["entries"], start=1):
        assert entry["number"] == position
        assert hashlib.sha256(b"\x00" + entry["canonical"].encode()).hexdigest() == entry["hash"]
        assert entry["previous_hash"] == previous
        canonical = json.loads(entry["canonical"])
        assert canonical["municipality"] == "orebro"
        assert canonical["stream"] == number
        for name in set(entry) - {"canonical", "hash", "words"}:
            assert canonical[name] == entry[name]
        committed = entry["data"].get("committed", {})
        assert committed.keys() == entry["words"].keys()
        for name, words in entry["words"].items():
            salted = bytes.fromhex(words["salt"]) + words["value"].encode()
            assert hashlib.sha256(salted).hexdigest() == committed[name]
        previous = entry["hash"]
    assert previous == trail["head_hash"]
    assert trail["entries"][0]["words"]["title"]["value"] == "A exchange"


def test_who_may_not_see_the_case_may_not_read_its_trail(program: Programs, world: World) -> None:
    number = world.open("exchange")
    assert program("auditor").get(f"/cases/{number}/trail").status_code == 404
    assert program("officer").get(f"/cases/{number}/trail").status_code == 200


def test_reading_a_trail_is_recorded(program: Programs, world: World) -> None:
    number = world.open("exchange")
    program("officer").get(f"/cases/{number}/trail")
    with reading(world.engine, world.tenant.id) as session:
        logged = session.execute(select(AccessLog.person_id, AccessLog.what, AccessLog.subject)).all()
    assert [tuple(row) for row in logged] == [(world.people["officer"], "read", number)]
