"""Whether the topic that the environment names holds the pictures of a folder, byte for byte, each so many times.

read_back.py FOLDER TIMES      all of them as the instructor's
"""

from __future__ import annotations

import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

from catdog.kafka.reader import PictureReader
from catdog.kafka.settings import KafkaSettings

folder, times = Path(sys.argv[1]), int(sys.argv[2])
wanted = Counter((path.name, sha256(path.read_bytes()).hexdigest()) for path in folder.rglob("*.png"))
with PictureReader(KafkaSettings.from_environment()) as reader:
    records = list(reader.records(timeout=20, until_end=True))
found = Counter((record.file_name, record.sha256) for record in records)
senders = {record.headers.get("sent-by") for record in records}
print(f"{len(wanted)} pictures, {len(records)} records by {senders}: {found}")
sys.exit(0 if wanted and found == Counter(dict.fromkeys(wanted, times)) and senders == {"instructor"} else 1)
