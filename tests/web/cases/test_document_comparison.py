"""What is to be signed beside what was before the body, as the form of a signature shows it."""

from __future__ import annotations

import hashlib

from flask import Flask

from tests.web.clients import sit, words
from tests.workflow.documents.test_contents import docx
from tests.workflow.documents.test_service import pdf
from tests.worlds import World
from workflow.documents.service import attach


def added(world: World, number: str, content: bytes, title: str) -> tuple[str, str]:
    """Number and digest of a document that the officer adds to a case now."""
    version, officer = world.version(number), world.people["officer"]
    upload = pdf(content, title=title)
    document = attach(world.services, officer, number, upload, now=world.now, expected_version=version)
    return document, hashlib.sha256(content).hexdigest()


def compared_page(app: Flask, world: World, number: str, origin: str, digest: str) -> str:
    """The form after the signatory has asked for the difference."""
    form = {"version": str(world.version(number)), "do": "compare", "document_digest": digest, "derived_from": origin}
    answer = sit(app, "chair.executive@orebro").send(f"/cases/{number}/do/sign", form)
    assert answer.status_code == 200
    assert world.row(number).state == "sign"
    return str(answer.text)


def test_texts_are_compared_word_by_word(app: Flask, world: World) -> None:
    number = world.open("twin-agreement")
    early, _digest = added(world, number, docx("We meet twice a year.", "It holds for ten years."), "Draft")
    world.walk(number, "sign")
    _late, digest = added(world, number, docx("We meet four times a year.", "It holds for ten years."), "Agreement")
    page = compared_page(app, world, number, early, digest)
    assert "twice</del>" in page
    assert "four times</ins>" in page
    assert digest in page


def test_text_decided_on_is_compared_too(app: Flask, world: World) -> None:
    number = world.open("twin-agreement", text="We meet twice a year.")
    world.walk(number, "sign")
    _late, digest = added(world, number, docx("We meet once a year."), "Agreement")
    page = compared_page(app, world, number, "decided-text", digest)
    assert "twice</del>" in page
    assert "once</ins>" in page


def test_scans_are_named_with_their_pages(app: Flask, world: World) -> None:
    number = world.open("twin-agreement")
    early, _digest = added(world, number, b"%PDF-1.7 /Type /Page >> /Type /Page >>", "Draft")
    world.walk(number, "sign")
    _late, digest = added(world, number, b"%PDF-1.7 /Type /Page >>", "Scan")
    page = words(compared_page(app, world, number, early, digest))
    assert "2 pages" in page
    assert "1 page" in page
    assert "Their texts cannot be compared here." in page
