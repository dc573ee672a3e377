"""Check of the wheel: built, installed away from the checkout with the locked versions, and used there.

`python -m tests.releases.wheel DIST` leaves the wheel in a folder. In an empty virtual environment elsewhere `instans
policy check` must pass, and `instans demo` must answer with the log-in page in every language. Raises `AssertionError`
or `CalledProcessError` for what does not hold.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "config" / "requirements.lock"
PACKAGES = ("config", "models", "workflow", "web")
BUILD_STEP = ROOT / "web" / "translations" / "build.py"
LANGUAGES = ("sv", "nb", "da", "en")
#: Heading of the log-in page, as the code writes it.
HEADING = "Log in"
#: How long the demo may take to fill its database and answer, seconds.
PATIENCE = 120


def main(dist: Path) -> None:
    """Build and try the wheel; prints how long each step took."""
    started = time.monotonic()
    wheel = build(dist)
    _say(f"{wheel.name}: {wheel.stat().st_size // 1024} kB, built", started)
    with tempfile.TemporaryDirectory() as elsewhere:
        check_contents(wheel)
        program = install(wheel, Path(elsewhere))
        _say("installed", started)
        subprocess.run(
            [program, "policy", "check"], cwd=elsewhere, env=_environ(), stdout=subprocess.DEVNULL, check=True
        )
        _say("policy check passes", started)
        with demo(program, Path(elsewhere)) as address:
            for language in LANGUAGES:
                check_log_in_page(address, language)
        _say(f"the demo answers in {', '.join(LANGUAGES)}", started)


def build(dist: Path) -> Path:
    """Build the wheel in an isolated environment; returns its file."""
    for old in dist.glob("instans-*.whl"):
        old.unlink()
    environ = _environ() | {"PIP_CONSTRAINT": str(LOCK)}
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(dist), str(ROOT)]
    subprocess.run(command, env=environ, check=True)
    (wheel,) = dist.glob("instans-*.whl")
    return wheel.resolve()


def check_contents(wheel: Path) -> None:
    """Every file of the packages is in the wheel, with compiled catalogues in the place of their sources."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    wanted = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*"):
            if file.is_file() and file.suffix not in (".pyc", ".mo", ".pot") and file != BUILD_STEP:
                found = file.with_suffix(".mo") if file.suffix == ".po" else file
                wanted.add(found.relative_to(ROOT).as_posix())
    assert wanted <= inside, f"not in the wheel: {sorted(wanted - inside)}"


def install(wheel: Path, elsewhere: Path) -> Path:
    """Install the wheel in an empty environment; returns its program."""
    venv.create(elsewhere / "venv", with_pip=True)
    command = [
        elsewhere / "venv/bin/python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--constraint",
        LOCK,
        wheel,
    ]
    subprocess.run(command, cwd=elsewhere, env=_environ(), check=True)
    return elsewhere / "venv/bin/instans"


@contextmanager
def demo(program: Path, elsewhere: Path) -> Iterator[str]:
    """The demo at an address of its own, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([program, "demo", "--port", str(port)], cwd=elsewhere, env=_environ())
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(f"{address}/healthz"):
            assert process.poll() is None, "the demo has ended"
            assert time.monotonic() < until, f"the demo does not answer within {PATIENCE} s"
            time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert (elsewhere / "var/instans.db").exists()


def check_log_in_page(address: str, language: str) -> None:
    """The page is in a language, with the words of its catalogue, and its style sheets are there."""
    request = urllib.request.Request(f"{address}/login", headers={"Accept-Language": language})  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
        page = answer.read().decode()
    assert re.search(rf'<html[^>]* lang="{language}"', page), f"no page in {language}"
    assert f"<h1>{translated(HEADING, language)}</h1>" in page, f"no heading in {language}"
    sheets = re.findall(r'<link[^>]* href="(/[^"]+\.css[^"]*)"', page)
    assert sheets, "no style sheet"
    assert all(_answers(address + sheet.replace("&amp;", "&")) for sheet in sheets)


def translated(text: str, language: str) -> str:
    """A text as the checkout's catalogue has it in a language."""
    if language == "en":
        return text
    with (ROOT / f"web/translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        message = read_po(file, locale=language).get(text)
    assert message is not None
    assert message.string != text
    return str(message.string)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def _environ() -> dict[str, str]:
    """The environment without what would lead back to the checkout, or to another database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("INSTANS_", "PYTHON", "VIRTUAL"))}


def _say(what: str, started: float) -> None:
    print(f"{time.monotonic() - started:5.1f} s  {what}", flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    main(Path(sys.argv[1]))
