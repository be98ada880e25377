"""The journal: what was added is read back, what a kill has left half-written is not, and several may add."""

import pytest

from catdog.errors import OutputError
from catdog.files.journal import Journal


def test_a_later_one_reads_what_was_added_and_adds_more(tmp_path):
    with Journal(tmp_path / "j") as journal:
        journal.add({"a": 1}, {"b": "ü"})
    with Journal(tmp_path / "j") as journal:
        journal.add({"c": 3})
        assert list(journal.lines()) == [{"a": 1}, {"b": "ü"}, {"c": 3}]


def test_a_half_written_line_is_passed_over_and_spoils_no_other(tmp_path):
    (tmp_path / "j").write_text('{"a": 1}\n{"b": ')
    with Journal(tmp_path / "j") as journal:
        journal.add({"c": 3})
        assert list(journal.lines()) == [{"a": 1}, {"c": 3}]


def test_the_last_one_who_has_it_open_knows(tmp_path):
    with Journal(tmp_path / "j") as first, Journal(tmp_path / "j") as second:
        assert not first.is_last()
        assert second.is_last()


def test_a_full_disk_is_told(tmp_path, files_of_at_most):
    with Journal(tmp_path / "j") as journal, files_of_at_most(20), pytest.raises(OutputError, match="the file would"):
        for _ in range(9):
            journal.add({"a": 1})
