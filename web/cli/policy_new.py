"""Command `policy new`: a starting pack from `config/starting`, one per country.

The pack passes the check and marks everything as assumed, since no document supports it yet.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from string import Template

import click

from web.cli.exit_codes import DONE, plainly
from workflow.policy.loading.loader import load_bytes, packaged
from workflow.policy.value_readers import MUNICIPALITY_KEY

STARTING = Path(str(resources.files("config"))) / "starting"
#: Countries with a starting pack, by the names of the files.
COUNTRIES = tuple(sorted(file.stem for file in STARTING.glob("*.yaml")))


@click.command("new")
@click.argument("municipality", metavar="KEY")
@click.option("--country", type=click.Choice(COUNTRIES), required=True, help="Whose law governs it.")
@click.option("--name", metavar="NAME", help="What the municipality is called; else its key.")
@plainly
def new(municipality: str, country: str, name: str | None) -> int:
    """Write KEY.yaml in this folder: a pack that passes the check, to put a document's rules into.

    KEY is what stands at the beginning of every case number. No file is ever written over.
    """
    if not MUNICIPALITY_KEY.match(municipality):
        raise click.UsageError(f"“{municipality}” is not a key: two or more small letters and digits, a letter first")
    file, today = Path(f"{municipality}.yaml"), datetime.now(UTC).date()
    text = starting(municipality, country, name or municipality.title(), today)
    load_bytes(text.encode(), str(file), packaged().law)  # a name can hold what a pack cannot
    try:
        with file.open("x", encoding="utf-8") as made:
            made.write(text)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already, and is left as it is") from None
    click.echo(f"{file} is written. All of it is assumed: put your document's rules in its place.")
    return DONE


def starting(key: str, country: str, name: str, today: date) -> str:
    """The text of a new pack for a municipality, valid from a day."""
    template = Template((STARTING / f"{country}.yaml").read_text(encoding="utf-8"))
    quoted = json.dumps(name, ensure_ascii=False)  # JSON's quotes are YAML's too
    return template.substitute(key=key, name=quoted, year=today.year, today=today.isoformat())
