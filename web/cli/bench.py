"""Command `bench`: measurements on throwaway databases."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from web.cli.exit_codes import DONE, as_json, plainly

BENCHMARKS = "tests.benchmarks.run"
#: Parts that can be measured alone.
PARTS = ("gate", "posts", "acts", "sweep", "pages", "quiet")


@click.command("bench")
@click.argument("parts", nargs=-1, type=click.Choice(PARTS), metavar=f"[{'|'.join(PARTS)}]...")
@as_json
@plainly
def bench(parts: tuple[str, ...], as_json: bool) -> int:
    """Measure the gate, acts through the API, the sweep of what is late, the screens and the server, or one of them.

    Works on throwaway databases and takes minutes.
    """
    if find_spec("tests") is None or find_spec("tests.benchmarks") is None:
        raise click.ClickException("the benchmarks are not installed: run make bench in the source tree")
    import_module(BENCHMARKS).main(*parts, as_json=as_json, say=click.echo)
    return DONE
