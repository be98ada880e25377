"""How long pictures of 100 kB take until they are acknowledged, over two ways to Kafka in turns; prints JSON.

    measure_router.py TOPIC BOOTSTRAP CA-FILE BOOTSTRAP CA-FILE

For each way seconds, one a picture, of one connection that is kept.
"""

from __future__ import annotations

import json
import os
import sys
import time

from kafka import KafkaProducer

PICTURES, WARM_UP = 500, 50


def producer(bootstrap: str, authority: str) -> KafkaProducer:
    """One that sends at once and waits for every replica."""
    return KafkaProducer(
        bootstrap_servers=bootstrap.split(","), security_protocol="SSL", ssl_cafile=authority, acks="all", linger_ms=0
    )


def acknowledged(one: KafkaProducer, topic: str, picture: bytes) -> float:
    """Seconds until the brokers have it."""
    started = time.monotonic()
    one.send(topic, picture).get(timeout=30)
    return time.monotonic() - started


def main(topic: str, *ways: str) -> None:
    """Measures both in turns, so that what else the machine does meets both."""
    producers = [producer(*ways[:2]), producer(*ways[2:])]
    picture = os.urandom(100_000)
    seconds = [[acknowledged(one, topic, picture) for one in producers] for _ in range(WARM_UP + PICTURES)]
    print(json.dumps([list(way) for way in zip(*seconds[WARM_UP:], strict=True)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
