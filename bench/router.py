"""What the router costs: the same pictures to a Kafka by its NodePorts and to one like it by Routes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable

from clients import PYTHON, ROOT
from commands import given


def router_cost() -> str:
    """Milliseconds to a picture's acknowledgement through the router, and through NodePorts (bound: 10 ms more)."""
    ways = [given(f"{way}_{what}") for way in ("NODEPORT", "ROUTE") for what in ("BOOTSTRAP_SERVERS", "CA_FILE")]
    command = [str(PYTHON), "bench/measure_router.py", given("KAFKA_TOPIC"), *ways]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit("router_cost could not be measured.")
    direct, routed = json.loads(done.stdout)
    median = [statistics.median(seconds) * 1000 for seconds in (direct, routed)]
    last = [statistics.quantiles(seconds, n=100)[98] * 1000 for seconds in (direct, routed)]
    return (
        f"median {median[1]:.1f} ms by Route, {median[0]:.1f} ms by NodePort; p99 {last[1]:.1f} and {last[0]:.1f} ms "
        f"({len(direct)} pictures of 100 kB each, in turns)"
    )


FIGURES: dict[str, Callable[[], str]] = {router_cost.__name__: router_cost}
