"""The schema, as numbered steps: each is applied once, in order, in a transaction of its own."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("recours")


@migrations()
def m001_initial(db: Database) -> None:
    """Users and their flows, the inbox and the outbox, cases and all that is in them."""
    db.create_table(
        "users",
        {
            "id": str,
            "channel": str,
            "name": str,
            "language": str,
            "client_language": str,
            "active_case": int,
            "revision": int,
            "misses": int,
            "last_entry": str,
            "last_at": str,
            "reachable": int,
            "reminders": int,
            "memory": str,
            "created": str,
        },
        pk="id",
        not_null={"channel", "name", "revision", "misses", "reachable", "reminders", "created"},
        defaults={"revision": 0, "misses": 0, "reachable": 1, "reminders": 0, "memory": "{}"},
    )
    db.create_table(
        "sessions",
        {"user": str, "body": str, "updated": str},
        pk="user",
        foreign_keys=[("user", "users", "id")],
        not_null={"body", "updated"},
    )
    db.create_table(
        "inbox",
        {
            "id": int,
            "chat": int,
            "body": str,
            "state": str,
            "attempts": int,
            "error": str,
            "received": str,
        },
        pk="id",
        not_null={"state", "attempts", "received"},
    )
    db.table("inbox").create_index(["state", "id"])
    db.create_table(
        "outbox",
        {
            "id": int,
            "user": str,
            "body": str,
            "state": str,
            "attempts": int,
            "error": str,
            "created": str,
            "message": str,
            "about": str,
        },
        pk="id",
        not_null={"user", "body", "state", "attempts", "created"},
    )
    db.table("outbox").create_index(["state", "id"])
    # AUTOINCREMENT: the number of an erased case, by which its files are named, never comes back.
    db.execute(
        "CREATE TABLE cases (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " user TEXT NOT NULL REFERENCES users(id), number INTEGER NOT NULL,"
        " status TEXT NOT NULL, provider TEXT, client TEXT, contract TEXT,"
        " created TEXT NOT NULL)"
    )
    db.table("cases").create_index(["user", "number"], unique=True)
    # Everything in a case has the same frame: its number within the case, its time, its body.
    db.create_table(
        "records",
        {
            "id": int,
            "case_id": int,
            "kind": str,
            "number": int,
            "body": str,
            "text": str,
            "created": str,
            "message": str,
        },
        pk="id",
        foreign_keys=[("case_id", "cases", "id")],
        not_null={"case_id", "kind", "number", "body", "created"},
    )
    db.table("records").create_index(["case_id", "kind", "number"], unique=True)
    db.create_table(
        "journal",
        {
            "id": int,
            "case_id": int,
            "at": str,
            "event": str,
            "body": str,
            "previous": str,
            "hash": str,
        },
        pk="id",
        foreign_keys=[("case_id", "cases", "id")],
        not_null={"case_id", "at", "event", "body", "previous", "hash"},
    )
    db.create_table(
        "reminders",
        {
            "id": int,
            "case_id": int,
            "due": int,
            "at": str,
            "state": str,
            "label": str,
            "sent": str,
        },
        pk="id",
        foreign_keys=[("case_id", "cases", "id")],
        not_null={"case_id", "due", "at", "state"},
    )
    db.table("reminders").create_index(["state", "at"])
    db.create_table(
        "unanswered",
        {
            "id": int,
            "question": str,
            "language": str,
            "outcome": str,
            "candidates": str,
            "asked": str,
        },
        pk="id",
        not_null={"question", "language", "outcome", "asked"},
    )
    db.create_table(
        "jobs",
        {
            "id": int,
            "user": str,
            "case_id": int,
            "kind": str,
            "body": str,
            "state": str,
            "attempts": int,
            "created": str,
        },
        pk="id",
        foreign_keys=[("user", "users", "id"), ("case_id", "cases", "id")],
        not_null={"user", "kind", "body", "state", "attempts", "created"},
    )
    db.create_table("facts", {"name": str, "value": str}, pk="name", not_null={"value"})
    db.execute(
        "CREATE VIRTUAL TABLE search USING fts5("
        "text, case_id UNINDEXED, kind UNINDEXED, number UNINDEXED,"
        ' tokenize="unicode61 remove_diacritics 2")'
    )
