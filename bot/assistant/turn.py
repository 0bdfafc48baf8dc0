"""What one turn works with: who speaks, what is known, and the replies so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from bot.casefile.models import Case, CaseFile
from bot.faq.library import Library
from bot.flows.model import Context, Session
from bot.i18n import Catalogues, Translator, pick_language
from bot.messages import Button, Document, Incoming, Reply
from bot.store.store import Store
from bot.store.users import User

Rows = tuple[tuple[Button, ...], ...]


@dataclass(slots=True)
class Turn:
    """One turn. It changes as the turn goes on; the store keeps it when the turn ends."""

    store: Store
    library: Library
    catalogues: Catalogues
    zone: tzinfo
    incoming: Incoming
    user: User
    session: Session | None = None
    replies: list[Reply] = field(default_factory=list)
    erase: bool = False
    """Everything of this user is erased once the turn is over."""

    @property
    def now(self) -> datetime:
        """When the turn takes place."""
        return self.incoming.now

    @property
    def language(self) -> str:
        """The one the user chose, else their program's."""
        return self.user.language or pick_language(self.user.client_language)

    @property
    def t(self) -> Translator:
        """Speaks the user's language."""
        return self.catalogues.translator(self.language)

    def say(
        self,
        text: str,
        buttons: Rows = (),
        *,
        markup: bool = False,
        document: Document | None = None,
        about: str = "",
    ) -> None:
        """Add a reply."""
        self.replies.append(Reply(text, markup, buttons, document, about=about))

    def remember(self, **changes: Any) -> None:
        """Change what is kept of the user."""
        self.user = replace(self.user, **changes)

    def note(self, name: str, value: Any) -> None:
        """Keep a small thing in the user's memory; None forgets it."""
        memory = {key: kept for key, kept in self.user.memory.items() if key != name}
        if value is not None:
            memory[name] = value
        self.remember(memory=memory)

    @property
    def case(self) -> Case | None:
        """The active case, or None before there is one."""
        return self.store.cases.get(self.user.active_case) if self.user.active_case else None

    def need_case(self) -> Case:
        """The active case, made at need."""
        case = self.case
        if case is None:
            case = self.store.cases.create(self.user.id, self.now)
            self.remember(active_case=case.id)
        return case

    def file(self) -> CaseFile | None:
        """Everything in the active case."""
        case = self.case
        return self.store.cases.file(case) if case else None

    def case_name(self, case: Case) -> str:
        """`Case 2 (Agence Dupont)`."""
        name = self.t("Case {number}", number=case.number)
        return f"{name} ({case.provider.name})" if case.provider.name else name

    def context(
        self, data: Mapping[str, Any] | None = None, file: CaseFile | None = None
    ) -> Context:
        """What a flow may look at; `file` when the case was read already."""
        found = data if data is not None else (self.session.data if self.session else {})
        return Context(
            self.now, self.zone, self.t, self.library.knowledge, file or self.file(), found
        )
