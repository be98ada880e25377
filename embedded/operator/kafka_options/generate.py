#!/usr/bin/env python3
"""Write kafka_options.json: every option of Kafka's brokers with its type and valid values, as Kafka itself lists them.

`generate.py --jars FOLDER` asks `kafka.server.KafkaConfig` of the jars in FOLDER (`{cache}/kafka/<version>`);
run it when the Kafka version changes.
"""

import argparse
import html
import json
import re
import subprocess
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "embedded_operator" / "model" / "kafka_options.json"
OPTION = re.compile(r'<h4><a id="(?P<name>[^"]+)">(?P<body>.*?)(?=<h4><a id="|\Z)', re.DOTALL)
ROW = re.compile(r"<tr><th>(?P<title>[^<]+):</th><td>(?P<value>.*?)</td></tr>", re.DOTALL)


def parse(page: str) -> dict[str, dict[str, str]]:
    """Options of the HTML list that Kafka prints: name -> {type, valid (only where Kafka limits the values)}."""
    options = {}
    for option in OPTION.finditer(page):
        rows = {row["title"].lower(): html.unescape(row["value"]) for row in ROW.finditer(option["body"])}
        entry = {"type": rows["type"]}
        if rows.get("valid values"):
            entry["valid"] = rows["valid values"]
        options[option["name"]] = entry
    return dict(sorted(options.items()))


def main() -> None:
    """Command line: the folder of jars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jars", type=Path, required=True)
    jars = parser.parse_args().jars
    page = subprocess.run(
        ["java", "-cp", f"{jars}/*", "kafka.server.KafkaConfig"], check=True, capture_output=True, text=True
    ).stdout
    options = parse(page)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in options.items())
    TARGET.write_text("{\n" + lines + "\n}\n")
    print(f"{len(options)} options in {TARGET.name}")


if __name__ == "__main__":
    main()
