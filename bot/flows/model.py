"""What a guided flow is made of: steps, a session, and the events that move it.

A flow file declares its steps and what is saved at the end; `engine` moves sessions through it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from bot.i18n import N_, Translator

if TYPE_CHECKING:
    from bot.casefile.models import CaseFile
    from bot.faq.entry import Knowledge

REVIEW = "review"
"""The cursor of the last screen, where every answer can be changed and the flow confirmed."""

SKIPPED: dict[str, Any] = {"skipped": True}
UNKNOWN: dict[str, Any] = {"unknown": True}

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What a flow may look at: never the store, never the clock.

    Attributes:
        now: the moment of the turn, with its zone.
        zone: the user's zone.
        t: speaks the user's language.
        knowledge: what the operators wrote.
        file: the active case, or None before there is one.
        data: what the flow was started with, such as the number of the incident to change.
    """

    now: datetime
    zone: tzinfo
    t: Translator
    knowledge: Knowledge
    file: CaseFile | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class AnswerType(Protocol):
    """How one kind of answer is read, shown and offered. Values are plain JSON."""

    def parse(self, text: str, context: Context) -> Any:
        """The value of what was typed.

        Raises:
            InvalidAnswer: it can't be read; says why, with an example.
        """

    def show(self, value: Any, context: Context) -> str:
        """The value in the user's words."""

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """The choices to offer as buttons: `(key, label)`."""

    def choose(self, key: str, context: Context) -> Any:
        """The value of a chosen key.

        Raises:
            InvalidAnswer: there is no such choice.
        """


@dataclass(frozen=True, slots=True)
class Step:
    """One question.

    Attributes:
        key: the name of its answer.
        ask: the question, a message id.
        label: its name on the review screen, a message id.
        answer: how the answer is read.
        optional: it can be skipped.
        can_ignore: "I don't know" is an answer.
        when: asked only if this holds for the answers so far.
        hint: a second line, such as an example; a message id.
        translated: `ask`, `label` and `hint` come from the knowledge, in the user's language.
    """

    key: str
    ask: str
    label: str
    answer: AnswerType
    optional: bool = False
    can_ignore: bool = False
    when: Callable[[Answers], bool] | None = None
    hint: str = ""
    translated: bool = False

    def say(self, message: str, context: Context) -> str:
        """One of this step's sentences in the user's language."""
        return message if self.translated or not message else context.t(message)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished flow leaves.

    Attributes:
        saves: models of `casefile.models`, in order.
        say: what to tell the user, already translated; `{number}` is the number of what was saved.
        offer: what to do next: flow names.
        job: a document to make in the background, with what it needs.
    """

    saves: tuple[Any, ...] = ()
    say: str = ""
    offer: tuple[str, ...] = ()
    job: tuple[str, dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A guided flow.

    Attributes:
        name: also the name under which the knowledge offers it.
        version: raised when steps change; a running session keeps the answers that still fit.
        title: its name for the user, a message id.
        steps: the questions, given the answers so far.
        finish: what is saved when the user confirms.
        understand: reads one opening sentence into answers.
        needs_case: a case is made before it starts.
        confirm: the label of the button that ends it.
    """

    name: str
    version: int
    title: str
    steps: Callable[[Answers, Context], tuple[Step, ...]]
    finish: Callable[[Answers, Context], Outcome]
    understand: Callable[[str, Context], dict[str, Any]] | None = None
    needs_case: bool = True
    confirm: str = N_("Save")


@dataclass(frozen=True, slots=True)
class Session:
    """Where a user is in a flow. The order of the steps and the answers are the history.

    Attributes:
        cursor: the key of the step being asked, or `REVIEW`.
        editing: the step was reached from the review, and the review returns after it.
        revision: the number of the question on the screen; a button of another one is stale.
        changes: `(key, old value)` of every answer that was changed, oldest first.
        quick: told in one sentence: what can be left out is not asked, but shown on the review.
        files: the numbers of the exhibits received while the flow ran.
        data: what the flow was started with.
    """

    flow: str
    version: int
    cursor: str
    answers: dict[str, Any] = field(default_factory=dict)
    editing: bool = False
    revision: int = 0
    quick: bool = False
    changes: tuple[tuple[str, Any], ...] = ()
    files: tuple[int, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Choose:
    """A choice that was pressed."""

    key: str


@dataclass(frozen=True, slots=True)
class Back:
    """To the question before."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave an optional question."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """ "I don't know"."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Change one answer."""

    key: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Save what is on the review screen."""


FlowEvent = Answer | Choose | Back | Skip | Ignore | Edit | Confirm


def value(answers: Answers, key: str) -> Any:
    """The answer to `key`; None when there is none, or it was skipped or not known."""
    found = answers.get(key)
    return None if found in (SKIPPED, UNKNOWN) else found
