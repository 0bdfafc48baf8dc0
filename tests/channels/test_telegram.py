"""The real program against an emulated Bot API, by polling and by webhook."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, FakeBotApi, Running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    api = FakeBotApi()
    await api.start()
    yield api
    await api.stop()


@pytest.fixture(params=["polling", "webhook"])
async def running(
    api: FakeBotApi, tmp_path: Path, fitted: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Running]:
    running = Running(api, tmp_path / "data", fitted, request.param)
    await running.start()
    yield running
    running.stop()


async def talk(running: Running, count: int, person: Any) -> list[dict[str, Any]]:
    """Let the bot have what was queued, then wait for `count` messages in all."""
    if running.mode == "webhook":
        await running.push()
    return await person.hears(count)


async def test_a_question_gets_its_answer_with_its_basis_and_buttons(running: Running) -> None:
    anna = running.api.person(7)
    anna.says("mon prestataire ne corrige rien")
    (message,) = await talk(running, 1, anna)
    assert "mise en demeure" in message["text"]
    assert "C. civ., art. 1217" in message["text"]
    assert "text_link" in message["entities"]
    assert "m:prestataire-ne-corrige-pas:fr" in message["reply_markup"]


async def test_an_incident_with_a_photo_and_a_document_is_logged_through_a_kill(
    running: Running,
) -> None:
    anna = running.api.person(8)
    anna.says("/incident")
    await talk(running, 1, anna)
    anna.presses_label("Paiement")
    await talk(running, 2, anna)
    anna.presses_label("Hier")
    await talk(running, 3, anna)
    running.kill()
    await running.start()
    anna.presses_label("dure encore")
    await talk(running, 4, anna)
    anna.says("Le panier renvoie une erreur")
    await talk(running, 5, anna)
    count = 5
    while not anna.offers("C’est tout"):
        answers = ("Plus rien", "Pas encore", "Passer")
        anna.presses_label(next(label for label in answers if anna.offers(label)))
        count += 1
        await talk(running, count, anna)
    anna.sends_photo(b"\xff\xd8\xff photo bytes")
    await talk(running, count + 2, anna)
    anna.sends_document("facture.pdf", b"%PDF-1.4 facture")
    await talk(running, count + 4, anna)
    anna.presses_label("C’est tout")
    await talk(running, count + 5, anna)
    anna.presses_label("Enregistrer")
    await talk(running, count + 6, anna)
    anna.says("/dossier")
    messages = await talk(running, count + 7, anna)
    case = messages[-1]["text"]
    assert "Le panier renvoie une erreur" in case
    assert "facture.pdf" in case
    assert "2 pièces" in case

    running.stop()
    archive = running.folder.parent / "out.zip"
    subprocess.run(
        [sys.executable, "-m", "bot", "export", "8", str(archive)],
        env=running.environment,
        cwd=running.folder.parent,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with zipfile.ZipFile(archive) as found:
        originals = [found.read(n) for n in found.namelist() if n.startswith("originals/")]
    assert sorted(originals) == sorted([b"\xff\xd8\xff photo bytes", b"%PDF-1.4 facture"])


async def test_a_group_is_told_once_and_nothing_of_it_is_kept(running: Running) -> None:
    for text in ("bonjour à tous", "mon prestataire ne corrige rien"):
        running.api.add(message={
            "message_id": 5, "date": 1_790_000_000, "text": text,
            "chat": {"id": -100, "type": "group", "title": "G"},
            "from": {"id": 9, "is_bot": False, "first_name": "B", "language_code": "fr"},
        })  # fmt: skip
    anna = running.api.person(10)
    anna.says("mon prestataire ne corrige rien")
    await talk(running, 1, anna)
    assert len(running.api.sent(-100)) == 1
    running.stop()
    found = b"".join(path.read_bytes() for path in running.folder.glob("recours.db*"))
    assert "bonjour à tous".encode() not in found


async def test_the_dossier_arrives_as_files_while_others_are_answered(running: Running) -> None:
    anna, ben = running.api.person(11), running.api.person(12)
    anna.says("/note le prestataire a rappelé")
    anna.sends_document("devis.pdf", b"%PDF-1.4 devis")
    await talk(running, 3, anna)
    anna.says("/dossier")
    await talk(running, 4, anna)
    anna.presses_label("Emporter")
    ben.says("mon prestataire ne corrige rien")
    await talk(running, 1, ben)
    await running.until(lambda: len(running.api.uploads) >= 2, 40)
    names = [name for _, name, _ in running.api.uploads]
    contents = [content[:4] for _, _, content in running.api.uploads]
    assert [Path(name).suffix for name in names] == [".pdf", ".zip"]
    assert contents == [b"%PDF", b"PK\x03\x04"]


async def test_a_changed_answer_is_served_without_a_restart(
    api: FakeBotApi, tmp_path: Path, fitted: Path
) -> None:
    running = Running(api, tmp_path / "data", fitted, "polling")
    knowledge = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", knowledge)
    running.environment["RECOURS_KNOWLEDGE"] = str(knowledge)
    path = knowledge / "demarches" / "prestataire-ne-corrige-pas.fr.md"
    anna = api.person(13)
    await running.start()
    anna.says("mon prestataire ne corrige rien")
    await anna.hears(1)
    path.write_text(path.read_text().replace("Avancez par étapes", "Procédez par étapes", 1))
    async with asyncio.timeout(60):
        while "Procédez par étapes" not in anna.messages()[-1]["text"]:
            await asyncio.sleep(1)
            anna.says("mon prestataire ne corrige rien")
            await anna.hears(len(anna.messages()) + 1)
    running.stop()
