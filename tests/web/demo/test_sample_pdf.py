"""The demo's PDF: readable by any reader."""

from __future__ import annotations

import re

from web.demo.sample_pdf import pdf
from workflow.documents.service import media_type_of

PAPER = pdf("Förfrågan (ett besök)", ("Kan ni ta emot oss \\ i vår?", "Ω är inte Windows-1252."))


def test_it_is_taken_in_as_a_pdf() -> None:
    assert media_type_of(PAPER) == "application/pdf"
    assert PAPER.endswith(b"%%EOF\n")


def test_its_table_says_where_each_object_begins() -> None:
    (start,) = re.findall(rb"startxref\n(\d+)\n", PAPER)
    table = PAPER[int(start) :]
    assert table.startswith(b"xref\n0 6\n0000000000 65535 f \n")
    places = [int(tenant) for tenant in re.findall(rb"(\d{10}) 00000 n \n", table)]
    assert [PAPER[tenant:].split(b"\n", 1)[0] for tenant in places] == [b"%d 0 obj" % n for n in range(1, 6)]


def test_its_stream_is_as_long_as_it_says() -> None:
    ((length, stream),) = re.findall(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", PAPER, re.DOTALL)
    assert int(length) == len(stream)


def test_nordic_letters_and_brackets_survive() -> None:
    assert "(Förfrågan \\(ett besök\\)) Tj".encode("cp1252") in PAPER
    assert b"oss \\\\ i" in PAPER
    assert "(? är inte".encode("cp1252") in PAPER
