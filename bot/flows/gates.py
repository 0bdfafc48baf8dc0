"""The questions before what can hurt: stop paying, terminate, have others repair, publish.

Questions, rules and sentences are in `knowledge/gates.yaml`. The gravest verdict wins; where no
rule allows, and wherever something decisive is not known, the verdict is to wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.casefile.models import GateVerdict
from bot.errors import KnowledgeError
from bot.flows.answers import Choice, YesNo
from bot.flows.model import Answers, AnswerType, Context, Flow, Outcome, Step
from bot.i18n import N_

Verdict = Literal["go", "wait", "lawyer"]

GRAVITY: tuple[Verdict, ...] = ("go", "wait", "lawyer")
"""From the lightest verdict to the gravest."""

UNKNOWN_ANSWER = "unknown"
"""How a rule names "I don't know"."""

FILE = "knowledge/gates.yaml"


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Part):
    """A sentence in each language."""

    fr: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in `language`."""
        return self.fr if language == "fr" else self.en


class Option(Said):
    """One choice of a question."""

    key: str


class Question(_Part):
    """One question of a gate. A decisive one that is not known never lets the client go on."""

    key: str
    answer: Literal["choice", "yes-no"]
    decisive: bool = True
    ask_fr: str
    ask_en: str
    label_fr: str
    label_en: str
    hint_fr: str = ""
    hint_en: str = ""
    choices: tuple[Option, ...] = ()

    @property
    def possible(self) -> tuple[str, ...]:
        """Every answer a rule may name."""
        keys = ("yes", "no") if self.answer == "yes-no" else tuple(c.key for c in self.choices)
        return (*keys, UNKNOWN_ANSWER)


class Rule(_Part):
    """What follows when the answers meet every condition of `when`."""

    key: str
    when: dict[str, Annotated[tuple[str, ...], BeforeValidator(_as_list)]]
    verdict: Verdict
    fr: str
    en: str
    basis: str
    first_fr: str
    first_en: str
    offer: tuple[str, ...] = ()

    def holds(self, found: Mapping[str, str]) -> bool:
        """Whether the answers meet it."""
        return all(found.get(key) in wanted for key, wanted in self.when.items())


class Gate(_Part):
    """The questions before one step, and what follows from the answers."""

    id: str
    verdicts: dict[Verdict, Said]
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a gate.

    Attributes:
        verdict: the gravest of all that hold.
        rules: those that gave it, in the order of the file.
        unknown: where the verdict is to wait, the decisive questions without an answer that no
            rule has spoken of.
    """

    verdict: Verdict
    rules: tuple[Rule, ...]
    unknown: tuple[Question, ...]


def read_gates(plain: Any) -> dict[str, Gate]:
    """The gates of the data file, by id.

    Args:
        plain: the file as plain values: a list of gates.

    Raises:
        KnowledgeError: something can't be used; `findings` has every fault.
    """
    if not isinstance(plain, list):
        raise KnowledgeError([f"{FILE}:1: K011 expected a list of gates"])
    gates: dict[str, Gate] = {}
    faults: list[str] = []
    for item in plain:
        try:
            gate = Gate.model_validate(item)
        except ValidationError as error:
            name = item.get("id", "?") if isinstance(item, dict) else "?"
            faults += [
                f"{FILE}:1: K010 {name}: {'.'.join(map(str, e['loc']))}: {e['msg']}"
                for e in error.errors()
            ]
            continue
        faults += [f"{FILE}:1: K010 {gate.id}: {fault}" for fault in _faults(gate)]
        gates[gate.id] = gate
    if faults:
        raise KnowledgeError(faults)
    return gates


def _faults(gate: Gate) -> list[str]:
    """What the shape alone does not show."""
    possible = {question.key: question.possible for question in gate.questions}
    faults = [f"no sentence for {v!r}" for v in GRAVITY if v not in gate.verdicts]
    for rule in gate.rules:
        for key, wanted in rule.when.items():
            strange = [answer for answer in wanted if answer not in possible.get(key, ())]
            if strange:
                faults.append(f"rule {rule.key}: {key} can’t be {', '.join(strange)}")
            if rule.verdict == "go" and UNKNOWN_ANSWER in wanted:
                faults.append(f"rule {rule.key}: “unknown” can’t let anyone go on")
        if not rule.when:
            faults.append(f"rule {rule.key}: “when” is empty")
    return faults


def judge(gate: Gate, answers: Answers) -> Judgement:
    """The verdict on these answers; without a rule that allows, it is to wait."""
    found = _spoken(gate, answers)
    holding = [rule for rule in gate.rules if rule.holds(found)]
    told = {key for rule in holding for key in rule.when if found[key] == UNKNOWN_ANSWER}
    unknown = tuple(
        question
        for question in gate.questions
        if question.decisive and found[question.key] == UNKNOWN_ANSWER and question.key not in told
    )
    verdict = max((rule.verdict for rule in holding), key=GRAVITY.index, default=_WAIT)
    if unknown and verdict == "go":
        verdict = _WAIT
    kept = tuple(rule for rule in holding if rule.verdict == verdict)
    return Judgement(verdict, kept, unknown if verdict == _WAIT else ())


_WAIT: Verdict = "wait"


def _spoken(gate: Gate, answers: Answers) -> dict[str, str]:
    """The answers as rules name them; what is not there is not known."""
    found = {}
    for question in gate.questions:
        answer = answers.get(question.key)
        word = {True: "yes", False: "no"}.get(answer) if isinstance(answer, bool) else answer
        known = isinstance(word, str) and word in question.possible
        found[question.key] = str(word) if known else UNKNOWN_ANSWER
    return found


def _gate(name: str, context: Context) -> Gate:
    """The gate of that name in the knowledge of this turn."""
    plain = context.knowledge.data.get("gates") or []
    gates = read_gates([item for item in plain if item.get("id") == name])
    if name not in gates:
        raise KnowledgeError([f"{FILE}:1: K011 there is no gate {name!r}"])
    return gates[name]


def _steps(name: str, answers: Answers, context: Context) -> tuple[Step, ...]:
    return tuple(
        _step(question, context.t.language) for question in _gate(name, context).questions
    )


def _step(question: Question, language: str) -> Step:
    french = language == "fr"
    answer: AnswerType = YesNo()
    if question.answer == "choice":
        answer = Choice(tuple((c.key, {"fr": c.fr, "en": c.en}) for c in question.choices))
    return Step(
        question.key,
        question.ask_fr if french else question.ask_en,
        question.label_fr if french else question.label_en,
        answer,
        can_ignore=True,
        hint=question.hint_fr if french else question.hint_en,
        translated=True,
    )


def _finish(name: str, answers: Answers, context: Context) -> Outcome:
    """The verdict, why, what to do first; kept in the case."""
    gate = _gate(name, context)
    judgement = judge(gate, answers)
    reasons = _reasons(judgement, context)
    verdict = GateVerdict(name, judgement.verdict, reasons, dict(answers))
    offer = dict.fromkeys(flow for rule in judgement.rules for flow in rule.offer)
    return Outcome(
        saves=(verdict,),
        say=_say(gate, judgement, reasons, context),
        offer=(*offer, *(("dossier",) if "dossier" not in offer else ())),
    )


def _reasons(judgement: Judgement, context: Context) -> tuple[str, ...]:
    t = context.t
    french = t.language == "fr"
    ruled = [f"{rule.fr if french else rule.en} ({rule.basis})" for rule in judgement.rules]
    open_ = [
        t("You did not know: {question}", question=q.ask_fr if french else q.ask_en)
        for q in judgement.unknown
    ]
    none = t("These answers do not allow a sure answer.")
    return tuple(ruled + open_) or (none,)


def _say(gate: Gate, judgement: Judgement, reasons: tuple[str, ...], context: Context) -> str:
    t = context.t
    french = t.language == "fr"
    first = dict.fromkeys(r.first_fr if french else r.first_en for r in judgement.rules)
    parts = [
        gate.verdicts[judgement.verdict].in_(t.language),
        "\n".join([t("Why:"), *(f"• {reason}" for reason in reasons)]),
    ]
    if first:
        parts.append("\n".join([t("First:"), *(f"• {step}" for step in first)]))
    return "\n\n".join(parts)


_TITLES = {
    "check-suspend": N_("Before I stop paying"),
    "check-terminate": N_("Before I terminate"),
    "check-replace": N_("Before another firm repairs"),
    "check-review": N_("Before I publish a review"),
}

FLOWS: tuple[Flow, ...] = tuple(
    Flow(
        name=name,
        version=1,
        title=title,
        steps=partial(_steps, name),
        finish=partial(_finish, name),
        confirm=N_("What should I do?"),
    )
    for name, title in _TITLES.items()
)
