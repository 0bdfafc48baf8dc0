"""What the persons of the walks type, press and send: fitting, wrong, hostile and forged."""

from __future__ import annotations

from random import Random

from bot.flows.model import Context, Step
from bot.messages import Attachment

QUESTIONS = (
    "Puis-je arrêter de payer mon prestataire ?",
    "comment récupérer mon nom de domaine ?",
    "Can I stop paying my provider?",
    "How do I get my domain name back?",
    "et par e-mail ?",
    "zorglub ?",
)
OPENINGS = (
    "Le paiement par carte est en panne depuis mardi 14h, j’ai perdu 800 €",
    "the site has been down since 3 March, I lost €1,200",
    "le référencement a chuté en octobre",
    "rien",
    "",
)
FITTING: dict[str, tuple[str, ...]] = {
    "When": ("hier", "3 mars 2025 à 14h", "yesterday at 2 pm", "today", "il y a deux semaines"),
    "Day": ("hier", "3 mars 2025", "12/01/2025", "yesterday", "le 1er février 2025"),
    "DayToCome": ("15/12/2031", "lundi 15 décembre 2031"),
    "Percent": ("42", "20 %", "33,5"),
    "SalesFile": ("non", "I have no file"),
    "Money": ("800 €", "1 234,56", "€1,200", "0", "12 k€"),
    "Number": ("0", "12", "1 000", "100", "7 %"),
    "YesNo": ("oui", "non", "yes", "no"),
    "Siren": ("732 829 320", "73282932000074"),
    "Email": ("contact@example.com", "mailto:a@b.fr"),
    "Files": ("c’est tout", "done", "rien"),
    "Text": ("Rien ne marche plus", "The page is blank.", "ok", "1", "Jeanne Martin, gérante"),
}
"""Answers that their steps can read, by the name of the answer type."""

WRONG = ("demain peut-être", "42 chats", "-3 €", "entre 3 et 5", "2099", "??", "31 février", "0x")
HOSTILE = (
    "", "   ", "\n" * 500, "\x00\x07\x1b[2J", "a" * 5000, "🏴\u200d☠️" * 1500, "\u202egauche",
    "{name} {0} %s %(x)d", "<b>&amp;</b> *gras* _x_ [l](http://a)", "'; DROP TABLE users; --",
    "../../etc/passwd", "9" * 400, "1e999", "٣٤٥", "٣ مارس", "²", "½ €", "NaN", "\u200b",
    "/", "//", "/ note", "/zut", "/" + "x" * 300, "/note@autre_bot " + "é" * 4000, "\ufffe\uffff",
    "31/02/2026", "0000-00-00", "99/99/9999 à 25h61", "il y a 99999999999999999999 jours",
    "\N{COMBINING ACUTE ACCENT}" * 900, "1" + ",000" * 300, "oui" * 900, "?" * 3000,
)  # fmt: skip
COMMANDS = (
    "/dossier", "/note Appel du gérant", "/note", "/dates", "/manques", "/chercher paiement",
    "/cases", "/topics", "/data", "/help", "/start", "/search", "/langue",
)  # fmt: skip
LANGUAGES = ("/langue fr", "/language english", "/langue anglais", "/langue français")
KINDS = ("voice", "sticker", "contact", "location", "", "poll")
FORGED = (
    "", "x", ":", "::", "ok", "0:ok", "1:is:novel", "-1:back", "999999999:ok", "e:nope:fr",
    "m:../../x:en", "e:", "f:nope", "f:", "f:nope:said", "i:", "i:x", "tl:x:", "tl:0:zzz",
    "ev:a:b", "ev:9", "case:77", "case:", "case:-1", "doc:x", "doc:", "d:", "d:zzz", "d:done:9-9",
    "d:done:", "d:snooze:1-1:99", "d:move:x", "data:", "data:erase-now", "l:xx", "l:", "ok:1",
    "é" * 32, "\x00", "٣:ok", "1:is:" + "x" * 59, "{0}", "d:move:99-99", "nope:1:2:3",
)  # fmt: skip
"""Data that no button on the screen carries; with the present revision, see `forged`."""

_PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
_SALES = "\n".join(
    ["date;montant", *(f"{d % 28 + 1:02}/{d // 28 + 1:02}/2025;12,00" for d in range(336))]
)
_CONTENTS = (_PNG, b"%PDF-1.7\n%", b"\xff\xfe\x00", b"x" * 999, _SALES.encode(), b"date;montant\n")
_NAMES = ("capture.png", "", "../../x\x00.pdf", "é" * 300 + ".csv", "<b>.html", "facture.pdf")


def fitting(step: Step, context: Context, chance: Random) -> str:
    """An answer that the step should be able to read."""
    options = step.answer.options(context)
    if options and chance.random() < 0.6:
        return chance.choice(options)[1]
    names = [kind.__name__ for kind in type(step.answer).__mro__]
    pools = [FITTING[name] for name in names if name in FITTING]
    if pools:
        return chance.choice(pools[0])
    return chance.choice(options)[1] if options else chance.choice(FITTING["Text"])


def forged(revision: int, chance: Random) -> str:
    """Data that somebody made up."""
    if chance.random() < 0.7:
        return chance.choice(FORGED)
    verb = chance.choice(("is:nope", "edit:nope", "edit:", "zzz", "is:", "is", "edit", "stop2"))
    return f"{revision}:{verb}"


def files(chance: Random, group: str) -> tuple[Attachment, ...]:
    """One message's files; a group makes them part of an album."""
    refused = chance.random() < 0.15
    content = None if refused else chance.choice((*_CONTENTS, b""))
    return (
        Attachment(
            chance.choice(_NAMES),
            content,
            compressed=chance.random() < 0.3,
            group=group or None,
            refused=chance.choice(("too big", "unavailable")) if refused else "",
            forwarded=chance.random() < 0.1,
        ),
    )
