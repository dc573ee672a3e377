"""Tests of the form of log lines."""

from __future__ import annotations

import json
import logging
import warnings

import pytest
from structlog.contextvars import bound_contextvars, clear_contextvars

from web.core import logs


@pytest.fixture(autouse=True)
def _nothing_left_by_other_tests() -> None:
    clear_contextvars()
    logging.captureWarnings(False)


def test_lines_of_every_logger_have_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.written(readable=False), bound_contextvars(request_id="an-id-of-its-own"):
        for name in ("web.errors", "_granian", "apscheduler.scheduler", "sqlalchemy.pool"):
            logging.getLogger(name).warning("line of %s", name, extra={"ms": 3})
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(True)
            warnings.warn("an old way", DeprecationWarning, stacklevel=1)
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["logger"] for line in told] == [
        *("web.errors", "_granian", "apscheduler.scheduler", "sqlalchemy.pool", "py.warnings")
    ]
    assert told[0] == told[0] | {"event": "line of web.errors", "level": "warning", "ms": 3}
    assert all(line["request_id"] == "an-id-of-its-own" for line in told)
    assert all(line["timestamp"].endswith("Z") for line in told)


def test_in_production_our_loggers_tell_what_was_done_and_others_what_is_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with logs.written(readable=False):
        for name in ("web.anything", "workflow.anything", "apscheduler.executors.default"):
            logging.getLogger(name).info("done")
    told = [json.loads(line)["logger"] for line in capsys.readouterr().err.splitlines()]
    assert told == ["web.anything", "workflow.anything"]


def test_a_traceback_is_one_field_and_tells_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    for readable in (False, True):
        with logs.written(readable=readable):
            try:
                secret = "a pass" + " phrase"
                raise ValueError(len(secret))
            except ValueError:
                logging.getLogger("web").exception("it failed")
        err = capsys.readouterr().err
        assert "ValueError: 13" in err
        assert "a pass phrase" not in err
        assert (err.count("\n") == 1) is not readable


def test_the_demo_is_told_what_is_wrong_in_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.written(readable=True):
        logging.getLogger("web.core.request_log").info("request")
        logging.getLogger("web.login").warning("something is odd")
    err = capsys.readouterr().err
    assert "something is odd" in err
    assert "request" not in err
    assert not err.startswith("{")


def test_nothing_is_left_behind(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(logging.getLogger().handlers)
    with logs.written(readable=False):
        logs.configure(readable=True)
        assert len(logging.getLogger().handlers) == len(before) + 1
    assert logging.getLogger().handlers == before
    assert not logging.getLogger("web").isEnabledFor(logging.INFO)
