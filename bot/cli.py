"""The commands. Each is thin: it wires, calls one room, and prints."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bot import __version__, config
from bot.errors import KnowledgeError, RecoursError

_LANG = click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the question.")


class _Group(click.Group):
    """Tells our errors in one line, without a trace."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RecoursError as error:
            click.echo(f"recours: {error}", err=True)
            ctx.exit(1)


@click.group(cls=_Group, invoke_without_command=True)
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Recours: help for clients in dispute with the company that built or hosts their website."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if ctx.invoked_subcommand is None:
        ctx.invoke(run)


@main.command()
def run() -> None:
    """Run the bot: on Telegram when RECOURS_TOKEN is set, else in the console."""
    settings = config.load()
    if settings.token is not None:
        from bot.channels import telegram

        sys.exit(telegram.run(settings))
    click.echo(
        "This is the console chat. To go on Telegram: ask @BotFather for a token, then\n"
        "  RECOURS_TOKEN=… ./recours\n",
        err=True,
    )
    _chat(getpass.getuser(), None)


@main.command()
@click.option("--user", default=getpass.getuser, help="Whose case file it is.")
@_LANG
def chat(user: str, lang: str | None) -> None:
    """Chat in the terminal; lines may be piped in. /file PATH sends a file."""
    _chat(user, lang)


def _chat(user: str, lang: str | None) -> None:
    from bot.app import build_app, utc_now
    from bot.channels.console import Console

    app = build_app(config.load())
    interactive = sys.stdin.isatty()
    console = Console(
        app.assistant, app.store, user, lang, sys.stdout, utc_now, echo=not interactive
    )
    try:
        if interactive:
            console.run(_prompted())
        else:
            console.run(sys.stdin)
    finally:
        app.store.close()


def _prompted() -> Iterator[str]:
    """Lines typed at a prompt, until end of file."""
    import readline  # noqa: F401 - gives the prompt its editing keys

    while True:
        try:
            yield input("\n> ")
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return


@main.command()
@click.argument("question", nargs=-1)
@_LANG
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jsonl", is_flag=True, help='Read {"q": …, "lang": …} lines on standard input.')
def ask(question: tuple[str, ...], lang: str | None, as_json: bool, jsonl: bool) -> None:
    """Print what would be answered, with candidates and scores."""
    from bot.app import build_library
    from bot.faq import explain

    library = build_library(config.load())
    if jsonl:
        for number, line in enumerate(sys.stdin, 1):
            if line.strip():
                text, asked = _question(line, number)
                click.echo(explain.as_json(library.matcher.match(text, asked or lang or "fr")))
        return
    text = " ".join(question)
    if not text.strip():
        raise click.UsageError("Give a question: recours ask “mon site est en panne”")
    found = library.matcher.match(text, lang or "fr")
    if as_json:
        click.echo(explain.as_json(found))
    else:
        click.echo(explain.as_text(library, text, lang or "fr", found))


def _question(line: str, number: int) -> tuple[str, str | None]:
    """The question and the language of a line.

    Raises:
        RecoursError: it is not one; the lines before were answered.
    """
    try:
        item = json.loads(line)
        return str(item["q"]), item.get("lang")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecoursError(
            f'line {number} is not a question; a line is {{"q": "…", "lang": "fr"}}'
        ) from error


@main.command(name="eval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--misses", is_flag=True, help="List the questions that went wrong.")
def evaluate_file(file: Path, misses: bool) -> None:
    """Print how well the questions of FILE are answered, by style and language."""
    from bot.app import build_library
    from bot.faq import evaluate, explain

    library = build_library(config.load())
    questions = evaluate.read_questions(file)
    click.echo(explain.thresholds(library.matcher))
    click.echo(evaluate.table(evaluate.evaluate(questions, library.matcher.match)))
    if misses:
        for line in evaluate.misses(questions, library.matcher.match):
            click.echo(line)


@main.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def tune(file: Path | None) -> None:
    """Recalibrate the thresholds on FILE, or on the held-out questions, and write them."""
    from bot.app import build_library, utc_now
    from bot.faq import evaluate, explain, tuning

    settings = config.load()
    library = build_library(settings)
    questions = evaluate.read_questions(file) if file else evaluate.held_out(library.knowledge)
    name = file.name if file else "essais"
    gate = tuning.tune(library.matcher, questions, name, utc_now().date())
    tuning.write(gate, settings.knowledge / "thresholds.yaml")
    library.matcher.gate = gate
    click.echo(explain.thresholds(library.matcher))


@main.group()
def knowledge() -> None:
    """Check the answers and the ways to ask."""


@knowledge.command()
def check() -> None:
    """Lint the knowledge; exit 1 on an error."""
    from bot.app import utc_now
    from bot.faq.lint import lint, summary
    from bot.faq.loader import load
    from bot.operators.checks import data_faults

    settings = config.load()
    try:
        found = load(settings.knowledge)
    except KnowledgeError as error:
        click.echo(str(error))
        click.echo(f"Faults: {len(error.findings)}. Nothing else was looked at.")
        sys.exit(1)
    findings = lint(found, utc_now().astimezone(settings.zone).date())
    faults = data_faults(found)
    for line in [*map(str, findings), *faults]:
        click.echo(line)
    click.echo(f"{len(found.entries)} entries: {summary(findings)}.")
    if faults:
        click.echo(f"Faults in the other files: {len(faults)}.")
    sys.exit(1 if faults or any(f.severity == "error" for f in findings) else 0)


@knowledge.command()
def fix() -> None:
    """Set French spaces, quotes and apostrophes in the answers, replies and data files."""
    from bot.faq.texts import rewrite

    settings = config.load()
    changed = rewrite(settings.knowledge)
    for path in changed:
        click.echo(str(path.relative_to(settings.knowledge.parent)))
    click.echo(f"Files changed: {len(changed)}.")


@knowledge.command()
@click.option("--record", is_flag=True, help="Take what passes now off the list of failures.")
@click.option("--first", is_flag=True, help="Write the first list of failures; never again.")
def test(record: bool, first: bool) -> None:
    """Ask the held-out questions; exit 1 on a failure that is not a known one."""
    from bot.app import build_library
    from bot.faq import trial

    library = build_library(config.load())
    found, matcher = library.knowledge, library.matcher
    if first:
        click.echo(f"Known failures written: {trial.begin_list(found, matcher)}.")
        return
    if record:
        click.echo(f"Known failures taken off: {trial.shorten(found, matcher)}.")
        library = build_library(config.load())
        found, matcher = library.knowledge, library.matcher
    failures = trial.trial(found, matcher)
    for failure in failures:
        click.echo(str(failure))
    click.echo(f"{len(found.held_out)} questions asked, {len(failures)} to look at.")
    sys.exit(1 if failures else 0)


@main.group()
def locales() -> None:
    """The translations: extract, update, compile, check."""


@locales.command()
def extract() -> None:
    """Collect every sentence of the program into locales/bot.pot."""
    from bot import catalogues

    catalogues.extract(config.load().locales)


@locales.command()
def update() -> None:
    """Extract, then bring each language's file up to date."""
    from bot import catalogues

    catalogues.update(config.load().locales)


@locales.command()
def compile() -> None:
    """Write .mo files, for other programs; Recours itself reads the .po files."""
    from bot import catalogues

    catalogues.compile(config.load().locales)


@locales.command(name="check")
def check_locales() -> None:
    """Exit 1 when a sentence is missing, fuzzy, obsolete or badly filled in."""
    from bot import catalogues

    faults = catalogues.check(config.load().locales)
    for fault in faults:
        click.echo(fault)
    sys.exit(1 if faults else 0)


@main.command()
@click.argument("user")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(user: str, file: Path) -> None:
    """Write everything USER has here to FILE.zip."""
    from bot.app import open_store
    from bot.operators.export import export_user

    with open_store(config.load()) as store:
        export_user(store, user, file)
    click.echo(f"{file} is written.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a whole copy of the data folder to FILE (a zip)."""
    from bot.app import open_store

    with open_store(config.load()) as store:
        store.backup(file)
    click.echo(f"{file} is written.")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring the backup FILE back; the data folder as it was is kept beside it."""
    from bot.store.store import restore as bring_back

    bring_back(file, config.load().data)
    click.echo("The backup is in place.")


@main.command()
def verify() -> None:
    """Recompute every fingerprint and journal; exit 1 when something was altered."""
    from bot.app import open_store

    with open_store(config.load()) as store:
        altered = list(store.altered())
    for line in altered:
        click.echo(line)
    click.echo("Something was altered." if altered else "Everything agrees.")
    sys.exit(1 if altered else 0)


@main.command()
@click.argument("user")
@click.confirmation_option(prompt="Erase everything this user has here, for good?")
def erase(user: str) -> None:
    """Remove USER and everything of theirs, down to the bytes on disk."""
    from bot.app import open_store

    with open_store(config.load()) as store:
        found = store.users.find(user)
        if found is None:
            raise RecoursError(f"There is no user {user!r} here.")
        files = store.erase(found.id)
    click.echo(f"{user} is erased, with {files} files.")


@main.command()
def stats() -> None:
    """Print counts, and the last questions that got no answer."""
    from bot.app import open_store

    with open_store(config.load()) as store:
        for name, count in store.counts().items():
            click.echo(f"{name:16} {count}")
        for item in store.missed_questions(20):
            question = "".join(c if c.isprintable() else " " for c in item["question"])
            click.echo(f"{item['asked'][:16]} {item['language']} {item['outcome']}: {question}")


@main.command()
def status() -> None:
    """The health check: exit 0 when the bot is alive and nothing waits too long."""
    from bot.app import open_store, utc_now
    from bot.operators.health import health

    settings = config.load()
    with open_store(settings) as store:
        problems = health(store, utc_now(), on_telegram=settings.token is not None)
    for line in problems:
        click.echo(line)
    if not problems:
        click.echo("ok")
    sys.exit(1 if problems else 0)
