"""10,000 deliveries from one approved list: 500 needs × 20 institutions, end to end.

``python -m tests.benchmarks.sending`` starts a whole platform (`kerong up`), sends the list with
one request as its officer does, and waits until every institution's system was told of each of
its referrals. Web, workers, database, broker and receiver share the machine.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.faults.calling import Caller
from tests.faults.running import Platform
from tests.receiver import Receiver

_START_SECONDS = 300
_PATIENCE_SECONDS = 600
# What the mechanism promises.
FIRST_REQUEST_SECONDS = 5.0
ALL_SENT_SECONDS = 120.0


def measure(*, needs: int, banks: int) -> dict[str, Any]:
    """Send one list on a platform of its own, and check that each message came once."""
    from django.utils import timezone

    with _platform() as platform, Receiver() as receiver:
        known = platform.seed("approved-list", needs * 100 + banks, receiver.url)
        caller = Caller(platform.port, known["key"])
        body = {
            "document_number": "吉科函〔2026〕12号",
            "basis": "企业授权书及战略合作协议",
            "answer_by": (timezone.localdate() + timedelta(days=14)).isoformat(),
        }
        before = resource.getrusage(resource.RUSAGE_SELF)
        start = time.monotonic()
        answer = caller.post(
            f"referral-lists/{known['list']}/send/", body, If_Match=f'"{known["revision"]}"'
        )
        assert answer.status == 200, answer
        caller.close()
        total = known["rows"]
        while len(receiver.requests) < total:
            assert time.monotonic() - start < _PATIENCE_SECONDS, "not everything was delivered"
            time.sleep(0.2)
        moments = [moment for moment, _, _ in receiver.requests]
        after = resource.getrusage(resource.RUSAGE_SELF)
        times = receiver.times_by_id()
        return {
            "deliveries": len(times),
            "sent_again": sum(times.values()) - len(times),
            "sending_seconds": answer.seconds,
            "first_request_seconds": min(moments) - start,
            "last_request_seconds": max(moments) - start,
            "cpu_seconds_of_receiver": after.ru_utime - before.ru_utime,
            "load": os.getloadavg()[0],
        }


@contextmanager
def _platform() -> Iterator[Platform]:
    """Run a platform that may call this machine, on a folder that is removed afterwards."""
    from backend.embedded.erase import erase

    with tempfile.TemporaryDirectory(prefix="kerong-sending-") as folder:
        platform = Platform(Path(folder) / "data", build="sound")
        try:
            platform.start()
            assert platform.comes_up(_START_SECONDS), platform.said()
            yield platform
        finally:
            platform.clear()
            erase(platform.data_dir)


def main() -> int:
    """Measure, print the figures, and say by the exit status whether the promise was kept."""
    parser = argparse.ArgumentParser(description="整份清单发送与推送的性能测量")
    parser.add_argument("--needs", type=int, default=500)
    parser.add_argument("--banks", type=int, default=20)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.builds.sound")
    import django

    django.setup()
    figures = measure(needs=arguments.needs, banks=arguments.banks)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    kept = (
        figures["first_request_seconds"] <= FIRST_REQUEST_SECONDS
        and figures["last_request_seconds"] <= ALL_SENT_SECONDS
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
