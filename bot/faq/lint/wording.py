"""K5xx: words that promise an outcome, and the marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.faq import typography
from bot.faq.lint.rule import Place, Reading, Rule, error, warning
from bot.faq.texts import markdown_files

PROMISES = {
    "fr": re.compile(
        r"\bvous (?:allez )?(?:gagner(?:ez)?|obtiendrez (?:gain|forcément)|êtes sûrs? de)\b"
        r"|\b(?:à coup sûr|à tous les coups|sans (?:aucun )?risque|victoire assurée)\b"
        r"|(?<!pas )(?<!rien n’est )(?<!jamais )\bgarantis?\b(?! par )"
        r"|\b(?:nous|je) (?:vous )?garanti(?:ssons|s)\b"
        r"|\b(?:succès|gain de cause) (?:assuré|certain)|\ble juge vous donnera raison\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\byou (?:will|are sure to|are certain to|are bound to|’ll) win\b|\byou’ll win\b"
        r"|(?<!not )(?<!never )\bguaranteed\b(?! by )|\b(?:we|I) guarantee\b"
        r"|\b(?:without (?:any )?risk|risk-free|no risk at all|without fail)\b"
        r"|\b(?:success|victory) is (?:certain|assured)\b"
        r"|\bthe (?:judge|court) will (?:find for you|rule in your favour)\b",
        re.IGNORECASE,
    ),
}
_QUOTATION = re.compile(r"«[^»]*»|“[^”]*”")


@error("K501")
def promise(reading: Reading) -> Iterator[Place]:
    """A promise: no one can make it. What others promised may be quoted."""
    for text in reading.texts:
        found = PROMISES[text.language].search(_QUOTATION.sub("", text.text))
        if found:
            reason = (
                f"“{found[0]}” promises an outcome; say what may happen, and on what it depends"
            )
            yield text.path, text.line, reason


@warning("K502")
def straight_marks_in_french(reading: Reading) -> Iterator[Place]:
    """Straight quotes or apostrophes in French."""
    reason = "straight quotes; write ’ and « », or run recours knowledge fix"
    yield from _unset(reading, "fr", typography.unstraightened, reason)


@warning("K503")
def missing_spaces(reading: Reading) -> Iterator[Place]:
    """French marks without their narrow no-break space."""
    reason = "no narrow space before ; : ! ? or inside « »; run recours knowledge fix"
    yield from _unset(reading, "fr", typography.spaced, reason)


@warning("K504")
def straight_marks_in_english(reading: Reading) -> Iterator[Place]:
    """Straight quotes or apostrophes in English."""
    reason = "straight quotes; write ’ and “ ”, or run recours knowledge fix"
    yield from _unset(reading, "en", typography.unstraightened, reason)


RULES: tuple[Rule, ...] = (
    promise, straight_marks_in_french, missing_spaces, straight_marks_in_english,
)  # fmt: skip


def _unset(
    reading: Reading, language: str, setter: Callable[..., str], reason: str
) -> Iterator[Place]:
    """The lines that `setter` would change."""
    for path, written_in in markdown_files(reading.knowledge.root):
        if written_in == language:
            before = path.read_text(encoding="utf-8-sig")
            after = setter(before, markdown=True)
            lines = zip(before.split("\n"), after.split("\n"), strict=True)
            yield from ((path, n, reason) for n, (old, new) in enumerate(lines, 1) if old != new)
    for text in reading.texts:
        is_ours = text.data and text.language == language
        if is_ours and setter(text.text, markdown=False) != text.text:
            yield text.path, text.line, reason
