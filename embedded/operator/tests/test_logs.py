"""How much the operators log."""

import logging

import pytest
from embedded_operator.logs import configured_level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("rootLogger.level = DEBUG\n", logging.DEBUG),
        ("name = x\nrootLogger.level=warn\n", logging.WARNING),
        ("", logging.INFO),
        ("rootLogger.level = LOUD\n", logging.INFO),
    ],
)
def test_the_level_is_the_settings(tmp_path, text, level):
    path = tmp_path / "log4j2.properties"
    path.write_text(text)
    assert configured_level(path) == level


def test_without_settings_it_is_info(tmp_path):
    assert configured_level(tmp_path / "log4j2.properties") == logging.INFO
