"""Is wrong usage told in one line, and help there everywhere?"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.web.cli.calling import Run, fails
from web.cli import main

GROUPS = ["db", "policy", "admin", "trail", "token", "mail"]
COMMANDS = [
    ["demo"],
    ["serve"],
    ["db", "upgrade"],
    ["who-decides"],
    ["policy", "new"],
    ["policy", "check"],
    ["policy", "diagram"],
    ["policy", "install"],
    ["admin", "create"],
    ["trail", "verify"],
    ["token", "create"],
    ["token", "revoke"],
    ["mail", "test"],
    ["bench"],
]


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_everywhere(flag: str, run: Run) -> None:
    for command in ([], *([group] for group in GROUPS), *COMMANDS):
        code, out, err = run(*command, flag)
        assert (code, err) == (0, "")
        assert out.startswith(f"Usage: instans {' '.join(command)}".rstrip())


def test_the_module_can_be_run_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "web.cli.main", "who-decides", "orebro", "visit", "enter", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["body"] == "committee"
    wrong = subprocess.run([sys.executable, "-m", "web.cli.main", "nothing"], capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (2, "")


WRONG = [
    ([], ["demo", "who-decides"]),
    (["policy"], ["check", "diagram"]),
    (["nothing"], ["nothing"]),
    (["policy", "nothing"], ["nothing"]),
    (["--nothing"], ["--nothing"]),
    (["who-decides"], ["MUNICIPALITY"]),
    (["who-decides", "orebro", "visit"], ["ACT"]),
    (["who-decides", "orebro", "visit", "enter", "more"], ["more"]),
    (["who-decides", "bergen", "visit", "enter"], ["bergen", "orebro"]),
    (["who-decides", "../law/se", "visit", "enter"], ["../law/se"]),
    (["who-decides", "orebro", "marriage", "enter"], ["marriage", "twin-agreement"]),
    (["who-decides", "orebro", "visit", "adopt"], ["adopt", "terminate"]),
    (["who-decides", "orebro", "policy", "enter"], ["enter", "adopt"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "scope"], ["scope"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "=x"], ["=x"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "colour=red"], ["colour"]),
    (["who-decides", "orebro", "visit", "enter", "--on", "tomorrow"], ["--on"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "scope=everywhere"], ["everywhere", "own-area"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "responsible=council"], ["council", "committee"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "external_funding=101"], ["101"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "principal=perhaps"], ["perhaps"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "initiative=mine"], ["mine", "external"]),
    (["who-decides", "orebro", "visit", "enter", "--set", "scope=own-area", "--set", "scope=own-area"], ["scope"]),
    (["policy", "check", "bergen"], ["bergen", "orebro"]),
    (["policy", "diagram", "bergen", "policy"], ["bergen"]),
    (["policy", "diagram", "orebro", "detour"], ["detour", "council-agreement"]),
    (["policy", "diagram", "orebro", "policy", "--format", "pdf"], ["pdf"]),
    (["policy", "diagram", "orebro", "policy", "--responsible", "council"], ["council", "committee"]),
    (["demo", "--port", "0"], ["0"]),
    (["demo", "--port", "http"], ["http"]),
    (["serve", "--port", "70000"], ["70000"]),
    (["serve", "--workers", "0"], ["0"]),
    (["token", "create"], ["USERNAME"]),
    (["db", "upgrade", "now"], ["now"]),
    (["trail", "verify", "--json", "everything"], ["everything"]),
]


def test_wrong_usage_is_told_in_one_line_that_names_it(run: Run, subtests: pytest.Subtests) -> None:
    for arguments, words in WRONG:
        with subtests.test(" ".join(arguments)):
            fails(run(*arguments), 2, *words)


def test_an_environment_that_cannot_be_read_is_wrong_usage(run: Run) -> None:
    fails(run("trail", "verify", DATABASE_URL="nowhere"), 2, "INSTANS_DATABASE_URL")
    fails(run("db", "upgrade", DATABASE_URL="mysql://here/x"), 2, "INSTANS_DATABASE_URL", "mysql")
    fails(run("policy", "check", POLICIES="/nowhere"), 2, "INSTANS_POLICIES", "/nowhere")
    fails(run("who-decides", "orebro", "visit", "enter", POLICIES="/nowhere"), 1, "/nowhere")


def test_a_fault_of_ours_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    main._unexpected(ZeroDivisionError, ZeroDivisionError("two\nlines"), None)
    assert capsys.readouterr().err == "instans: this is a fault of ours: ZeroDivisionError: two lines\n"


def test_asking_who_decides_waits_for_no_web_server_and_no_database() -> None:
    ask = "import sys; from web.cli.main import main; main(['who-decides', 'oslo', 'visit', 'enter', '--json']); "
    heavy = "print([name for name in ('flask', 'alembic', 'granian', 'argon2') if name in sys.modules])"
    environ = {**os.environ, "INSTANS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = subprocess.run([sys.executable, "-c", ask + heavy], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout.splitlines()[-1] == "[]"
