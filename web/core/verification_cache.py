"""Cache of check reports by the digest of their policy version.

A version never changes, so it is checked once in a process. One check runs at a time: it takes a second of one
processor, and nobody waits for it with a transaction open.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from workflow.policy.model import Policy
from workflow.policy.verification.runner import Report, check

#: Reports cached; packs on trial share the room with stored versions.
SIZE = 64


class ReportCache:
    """Reports by the digest of their policy; safe to share between threads."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._reports: OrderedDict[str, Report] = OrderedDict()
        self._lock = Lock()
        self._checking = Lock()

    def of(self, policy: Policy) -> Report:
        """The report of a policy, checked now if it has not been; call it outside any transaction."""
        report = self._known(policy.digest)
        if report is not None:
            return report
        with self._checking:
            report = self._known(policy.digest) or check(policy)
            with self._lock:
                self._reports[policy.digest] = report
                while len(self._reports) > self._size:
                    self._reports.popitem(last=False)
        return report

    def _known(self, digest: str) -> Report | None:
        with self._lock:
            if digest in self._reports:
                self._reports.move_to_end(digest)
            return self._reports.get(digest)


#: Of this process.
REPORTS = ReportCache()
