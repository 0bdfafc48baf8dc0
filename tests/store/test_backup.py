"""A backup brings everything back, and nothing else is taken for one."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.casefile.models import CaseFile, Evidence, Note
from bot.errors import StoreError
from bot.store.store import DATABASE_NAME, Store, restore
from tests.conftest import NOON
from tests.store.conftest import ANNE, add_user


def fill(store: Store) -> None:
    add_user(store)
    case = store.cases.create(ANNE, NOON)
    sha256 = store.files.keep(b"photo")
    store.cases.save(case.id, Evidence(sha256, "photo.jpg", "image/jpeg", 5, NOON), NOON)
    store.cases.save(case.id, Note("avant la sauvegarde"), NOON)
    store.files.write_document(f"documents/{case.id}/lettre.pdf", b"%PDF")


def content(store: Store) -> tuple[list[CaseFile], list[str], dict[str, bytes]]:
    files = {
        path.relative_to(store.data).as_posix(): path.read_bytes()
        for folder in ("evidence", "documents")
        for path in (store.data / folder).rglob("*")
        if path.is_file()
    }
    cases = [store.cases.file(case) for case in store.cases.of(ANNE)]
    return cases, list(store.altered()), files


@pytest.fixture
def backup(disk: Store, tmp_path: Path) -> Path:
    fill(disk)
    target = tmp_path / "backup.zip"
    disk.backup(target)
    return target


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_backed_up_comes_back(disk: Store, backup: Path, tmp_path: Path) -> None:
    before = content(disk)
    restore(backup, tmp_path / "elsewhere" / "data")
    again = Store(tmp_path / "elsewhere" / "data")
    assert content(again) == before
    assert before[1] == []
    again.close()


def test_a_backup_is_taken_of_a_running_store(disk: Store, tmp_path: Path) -> None:
    fill(disk)
    with disk.transaction():
        disk.cases.save(1, Note("pas encore gardé"), NOON)
        other = Store(disk.data)
        other.backup(tmp_path / "backup.zip")
        other.close()
    restore(tmp_path / "backup.zip", tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    assert [note.text for note in copy.cases.file(copy.cases.of(ANNE)[0]).notes] == [
        "avant la sauvegarde"
    ]
    copy.close()


def test_the_folder_as_it_was_is_kept_beside_each_time(
    disk: Store, backup: Path, tmp_path: Path
) -> None:
    disk.cases.save(1, Note("après"), NOON)
    disk.close()
    restore(backup, tmp_path / "data")
    restore(backup, tmp_path / "data")
    assert names(tmp_path) == [
        "backup.zip", "data", "data.before-restore.1", "data.before-restore.2"
    ]  # fmt: skip
    former = Store(tmp_path / "data.before-restore.1")
    assert [n.text for n in former.cases.file(former.cases.of(ANNE)[0]).notes][1:] == ["après"]
    former.close()


def test_only_the_owner_can_read_a_backup_and_what_it_brings(
    disk: Store, backup: Path, tmp_path: Path
) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    restore(backup, tmp_path / "copy")
    found = {path.stat().st_mode & 0o777 for path in (tmp_path / "copy").rglob("*")}
    assert found == {0o700, 0o600}
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700


def test_a_backup_holds_what_can_not_be_computed_again(disk: Store, tmp_path: Path) -> None:
    fill(disk)
    (disk.data / "cache").mkdir()
    (disk.data / "cache" / "matcher.npz").write_bytes(b"big")
    (disk.data / "evidence" / "tmp123.part").write_bytes(b"half")
    disk.backup(tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        held = sorted(archive.namelist())
    sha256 = disk.cases.file(disk.cases.of(ANNE)[0]).evidence[0].sha256
    assert held == ["documents/1/lettre.pdf", f"evidence/{sha256[:2]}/{sha256}", DATABASE_NAME]


def test_a_backup_inside_the_data_folder_is_refused(disk: Store) -> None:
    """It would be part of itself, and of every later one."""
    with pytest.raises(StoreError, match="inside the data folder"):
        disk.backup(disk.data / "documents" / "backup.zip")


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files:
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is damaged"),
        (b"not a zip", "is damaged"),
        (zipped(("readme.txt", b"x")), "is no backup of Recours"),
        (zipped((DATABASE_NAME, b"not a database, by far not one" * 9)), "recours restore FILE"),
        (zipped((DATABASE_NAME, b""), ("../evil", b"x")), "leaves the folder"),
        (zipped((DATABASE_NAME, b""), ("evidence/../../evil", b"x")), "leaves the folder"),
        (zipped((DATABASE_NAME, b""), ("/tmp/evil", b"x")), "leaves the folder"),
    ],
)
def test_what_is_no_backup_is_refused_and_changes_nothing(
    disk: Store, tmp_path: Path, body: bytes, words: str
) -> None:
    fill(disk)
    before = content(disk)
    archive = tmp_path / "bad.zip"
    archive.write_bytes(body)
    with pytest.raises(StoreError, match=words):
        restore(archive, disk.data)
    assert content(disk) == before
    assert names(tmp_path) == ["bad.zip", "data"]


def test_a_missing_archive_is_told(disk: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere\.zip can't be read: No such file"):
        restore(tmp_path / "nowhere.zip", disk.data)
    assert names(tmp_path) == ["data"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_archive_is_told_or_harmless(
    disk: Store, backup: Path, tmp_path: Path, data: st.DataObject
) -> None:
    body = bytearray(backup.read_bytes())
    if data.draw(st.booleans()):
        body = body[: data.draw(st.integers(0, len(body) - 1))]
    for place in data.draw(st.lists(st.integers(0, max(len(body) - 1, 0)), max_size=4)):
        if body:
            body[place] ^= data.draw(st.integers(1, 255))
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(body)
    target = tmp_path / "damaged"
    shutil.rmtree(target, ignore_errors=True)
    try:
        restore(damaged, target)
    except StoreError:
        assert not target.exists()
    else:
        assert (target / DATABASE_NAME).is_file()
    assert not (tmp_path / "damaged.restoring").exists()


def test_a_mount_point_is_told_to_be_one() -> None:
    with pytest.raises(StoreError, match="set RECOURS_DATA to a folder inside it"):
        restore(Path("backup.zip"), Path("/"))
