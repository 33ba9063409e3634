"""A journal keeps what was read, whatever happens to the process that writes it."""

import errno
import io
from datetime import UTC, datetime

import pytest

from scanner.errors import SourceError
from scanner.sources.azure.journal import Journal, clock_of, resume_journal, start_journal

AS_OF = datetime(2026, 11, 24, 8, tzinfo=UTC)
ARM = "https://management.azure.com"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "inventory.json.partial"


def filled(path):
    journal = start_journal(path, AS_OF, ARM)
    journal.put("https://a?x=1", [{"id": "/a", "name": "tab\there, \u4e2d"}])
    journal.put("https://b\tstrange", {"value": None})
    return journal


def test_what_was_put_is_given_back_at_once_and_later(path):
    filled(path).close(finished=False)
    journal = resume_journal(path, ARM)
    assert (journal.entries, journal.as_of) == (2, AS_OF)
    assert journal.get("https://a?x=1") == [{"id": "/a", "name": "tab\there, \u4e2d"}]
    assert journal.get("https://b\tstrange") == {"value": None}
    assert journal.get("https://c") is None
    journal.put("https://c", [1])
    assert journal.get("https://c") == [1]
    journal.close(finished=False)
    assert resume_journal(path, ARM).get("https://c") == [1]


def test_a_finished_journal_is_gone(path):
    filled(path).close(finished=True)
    assert not path.exists()


def test_only_the_owner_may_read_it(path):
    filled(path).close(finished=False)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_line_that_was_cut_off_is_dropped_and_the_rest_is_kept(path, cut):
    filled(path).close(finished=False)
    path.write_bytes(path.read_bytes()[:-cut])
    journal = resume_journal(path, ARM)
    assert journal.get("https://a?x=1") is not None
    assert journal.get("https://b\tstrange") is None
    journal.put("https://b\tstrange", [2])
    journal.close(finished=False)
    assert resume_journal(path, ARM).get("https://b\tstrange") == [2]


@pytest.mark.parametrize("hole", [b"\0" * 12, b'{"id": "/a", "', b"\n"])
def test_an_answer_that_a_crash_spoilt_is_asked_for_again(path, hole):
    journal = filled(path)
    journal.put("https://c", [1])
    journal.close(finished=False)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'{"value": null}', hole))
    resumed = resume_journal(path, ARM)
    assert resumed.get("https://a?x=1") is not None
    assert (resumed.get("https://b\tstrange"), resumed.get("https://c")) == (None, None)
    resumed.put("https://b\tstrange", {"value": None})
    resumed.put("https://c", [1])
    resumed.close(finished=False)
    assert path.read_bytes() == whole


class FullDisk(io.BytesIO):
    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_an_error_that_names_the_file(path):
    journal = Journal(path, FullDisk(), AS_OF, {})
    with pytest.raises(SourceError, match=r"cannot be written: No space left.*partial|partial.*No space left"):
        journal.put("https://a", [1])
    journal.close(finished=False)


def test_a_new_journal_replaces_an_old_one(path):
    filled(path).close(finished=False)
    start_journal(path, AS_OF, ARM).close(finished=False)
    assert resume_journal(path, ARM).entries == 0


def test_the_clock_is_the_one_the_collection_started_with(path):
    filled(path).close(finished=False)
    assert clock_of(path) == AS_OF


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no collection to resume"),
        (b"", "no journal of this azgate"),
        (b"{}\n", "no journal of this azgate"),
        (
            b'{"azgateJournal": "2", "asOf": "2026-01-01T00:00:00+00:00", "endpoint": "x"}\n',
            "no journal of this azgate",
        ),
        (b'{"azgateJournal": "1", "asOf": "2026-01-01", "endpoint": "x"}\n', "no journal of this azgate"),
        (b"\xff\xfe\n", "no journal of this azgate"),
        (b'{"azgateJournal": "1", "asOf": "2026-01-01T00:00:00Z", "endpoint": "https://x"}\n', "not at https://manag"),
    ],
)
def test_what_is_no_journal_of_this_azure_is_refused(path, content, message):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        resume_journal(path, ARM)
