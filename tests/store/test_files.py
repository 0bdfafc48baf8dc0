"""Evidence is kept as received, once, for its owner alone; no name leaves the folder."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.store.files import Files, copies_folder, private_archive


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "data")


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2000))
def test_bytes_come_back_untouched_under_their_fingerprint(files: Files, content: bytes) -> None:
    sha256 = files.keep(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert files.evidence(sha256).read_bytes() == content


def test_the_same_bytes_are_kept_once(files: Files) -> None:
    first = files.keep(b"photo")
    inode = files.evidence(first).stat().st_ino
    assert files.keep(b"photo") == first
    assert files.evidence(first).stat().st_ino == inode
    assert all_files(files.root) == [files.evidence(first)]


def test_only_the_owner_can_read_a_file_or_list_its_folder(files: Files) -> None:
    sha256 = files.keep(b"photo")
    files.write_document("documents/1/lettre.pdf", b"%PDF")
    for path in (files.evidence(sha256), files.document("documents/1/lettre.pdf")):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_document_is_replaced_as_a_whole(files: Files) -> None:
    files.write_document("documents/1/lettre.pdf", b"first and longer")
    files.write_document("documents/1/lettre.pdf", b"second")
    assert files.document("documents/1/lettre.pdf").read_bytes() == b"second"
    assert len(all_files(files.root)) == 1


@pytest.mark.parametrize(
    "name",
    ["../x", "documents/../../x", "/etc/passwd", "documents/1/../../../x", "a/../..", "a\x00b"],
)
def test_no_document_is_outside_the_folder(files: Files, name: str) -> None:
    with pytest.raises(StoreError):
        files.document(name)
    with pytest.raises(StoreError):
        files.write_document(name, b"x")
    assert all_files(files.root.parent) == []


def test_a_link_that_leaves_the_folder_is_refused(files: Files, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    files.root.mkdir()
    (files.root / "documents").symlink_to(tmp_path / "secret")
    with pytest.raises(StoreError, match="outside the data folder"):
        files.document("documents/x")


@given(
    user=st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    | st.text("./\\:%~", max_size=12)
)
def test_the_folder_of_copies_is_one_folder_below_documents(user: str) -> None:
    folder = Path(copies_folder(f"console:{user}"))
    assert folder.parent == Path("documents")
    assert folder.name not in {"", ".", ".."}


def test_no_two_users_share_a_folder_of_copies() -> None:
    users = ["console:a/b", "console:a_b", "console:a%2Fb", "console-a/b", "console:a", "1"]
    assert len({copies_folder(user) for user in users}) == len(users)


def test_an_archive_is_for_its_owner_alone_and_whole(tmp_path: Path) -> None:
    target = tmp_path / "copy.zip"
    with private_archive(target) as archive:
        archive.writestr("a", b"x")
        assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
        assert not target.exists()
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [
        ("copy.zip", 0o600)
    ]
    with zipfile.ZipFile(target) as found:
        assert found.read("a") == b"x"


def test_an_archive_that_fails_leaves_the_former_one(tmp_path: Path) -> None:
    target = tmp_path / "copy.zip"
    target.write_bytes(b"former")

    def write() -> None:
        with private_archive(target) as archive:
            archive.writestr("a", b"x")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["copy.zip"]
    assert target.read_bytes() == b"former"


def test_an_archive_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "copy.zip"
    with (
        pytest.raises(StoreError, match=r"copy\.zip can't be written"),
        private_archive(target),
    ):
        pass


def test_a_file_from_before_1980_is_archived_too(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    with private_archive(tmp_path / "copy.zip") as archive:
        archive.write(old, "old")
    with zipfile.ZipFile(tmp_path / "copy.zip") as found:
        assert found.read("old") == b"x"
