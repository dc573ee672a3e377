"""How fast is it, on this machine?"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from web.commands.ending import DONE, as_json, plainly

BENCHMARKS = "tests.benchmarks.run"


@click.command("bench")
@as_json
@plainly
def bench(as_json: bool) -> int:
    """Measure the gate and the screens, on throwaway databases only. Takes minutes."""
    if find_spec("tests") is None or find_spec("tests.benchmarks") is None:
        raise click.ClickException("the benchmarks are not installed: run make bench in the source tree")
    import_module(BENCHMARKS).main(as_json=as_json, say=click.echo)
    return DONE
