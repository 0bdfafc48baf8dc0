"""How much of its proof checklist an incident has."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.casefile.models import Evidence, Incident, Moment
from bot.casefile.proofs import ProofScore, exhibits_of, names_any, proof_score
from bot.faq.entry import IncidentKind, Knowledge, Proof
from bot.faq.text import fold

DAY = datetime(2026, 3, 3, 12, tzinfo=UTC)


def _proof(key: str, *words: str) -> Proof:
    return Proof(key, {"fr": key, "en": key}, words)


KIND = IncidentKind(
    id="payment",
    label={"fr": "Paiement", "en": "Payment"},
    words=(),
    questions=(),
    proofs=(
        _proof("dates"),
        _proof("error", "erreur"),
        _proof("screenshot", "capture", "image"),
        _proof("report", "ticket", "message"),
        _proof("invoice", "facture"),
        _proof("page"),
    ),
)


def exhibit(name: str, number: int = 1, **more: object) -> Evidence:
    fields: dict[str, object] = {"mime": "application/pdf", "incident": 1} | more
    return Evidence("0" * 64, name, size=1, received=DAY, number=number, **fields)  # type: ignore[arg-type]


def test_an_incident_with_nothing_has_nothing() -> None:
    score = proof_score(Incident("payment", number=1), (), KIND)
    assert score == ProofScore((), ("dates", "error", "screenshot", "report", "invoice", "page"))
    assert str(score) == "0/6"


def test_names_and_descriptions_are_recognised() -> None:
    exhibits = (
        exhibit("Capture_écran.PNG"),
        exhibit("doc.pdf", 2, description="Le ticket du 3 mars"),
    )
    score = proof_score(Incident("payment", number=1), exhibits, KIND)
    assert score.have == ("screenshot", "report")
    assert str(score) == "2/6"


def test_a_word_within_another_is_not_recognised() -> None:
    score = proof_score(Incident("payment", number=1), (exhibit("manufacture.pdf"),), KIND)
    assert score.have == ()


def test_a_picture_without_a_telling_name_is_taken_for_a_picture() -> None:
    photo = exhibit("IMG_2034.jpg", mime="image/jpeg")
    assert proof_score(Incident("payment", number=1), (photo,), KIND).have == ("screenshot",)


def test_a_picture_of_an_invoice_is_an_invoice_alone() -> None:
    photo = exhibit("facture 12.jpg", mime="image/jpeg")
    assert proof_score(Incident("payment", number=1), (photo,), KIND).have == ("invoice",)


def test_answers_count_where_they_are_the_proof() -> None:
    incident = Incident(
        "payment", started=Moment(date(2026, 3, 3)), page="/panier", details={"error": "E42"}
    )
    assert proof_score(incident, (), KIND).have == ("dates", "error", "page")


@pytest.mark.parametrize("answer", [None, "", False])
def test_an_empty_answer_proves_nothing(answer: object) -> None:
    incident = Incident("payment", details={"error": answer})
    assert proof_score(incident, (), KIND).have == ()


def test_exhibits_of_another_incident_do_not_count() -> None:
    other = exhibit("capture.png", incident=2)
    loose = exhibit("ticket.pdf", 2, incident=None)
    listed = exhibit("facture.pdf", 3, incident=None)
    incident = Incident("payment", number=1, evidence=(3,))
    assert exhibits_of(incident, (other, loose, listed)) == (listed,)
    assert proof_score(incident, (other, loose, listed), KIND).have == ("invoice",)


def test_an_unsaved_incident_takes_no_loose_exhibit() -> None:
    assert exhibits_of(Incident("payment"), (exhibit("capture.png", incident=None),)) == ()


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_item_is_either_there_or_missing(name: str, description: str) -> None:
    score = proof_score(
        Incident("payment", number=1), (exhibit(name, description=description),), KIND
    )
    keys = [proof.key for proof in KIND.proofs]
    assert sorted(score.have + score.missing) == sorted(keys)
    assert list(score.have) == [key for key in keys if key in score.have]


@given(st.text(max_size=40))
def test_more_exhibits_never_lower_the_score(name: str) -> None:
    incident, first = Incident("payment", number=1), exhibit("ticket.eml")
    alone = proof_score(incident, (first,), KIND)
    both = proof_score(incident, (first, exhibit(name, 2)), KIND)
    assert set(alone.have) <= set(both.have)


def test_the_words_of_the_knowledge_are_folded_and_every_item_can_be_reached(
    knowledge: Knowledge,
) -> None:
    for kind in knowledge.kinds.values():
        assert 4 <= len(kind.proofs) <= 7
        questions = {question.key for question in kind.questions}
        for proof in kind.proofs:
            assert [fold(word) for word in proof.words] == list(proof.words)
            for word in proof.words:
                found = proof_score(Incident(kind.id, number=1), (exhibit(f"{word}.pdf"),), kind)
                assert proof.key in found.have
            assert proof.words or proof.key in questions | {"dates", "page"}


def test_the_words_of_the_kinds_are_folded(knowledge: Knowledge) -> None:
    for kind in knowledge.kinds.values():
        assert [fold(word) for word in kind.words] == list(kind.words)
        assert all(len(label) < 28 for label in kind.label.values())
        assert len(kind.questions) <= 3


def test_a_word_begins_a_word() -> None:
    assert names_any("Le contrat signé", ("contrat",))
    assert not names_any("sous-traitance", ("traitement", "rait"))
