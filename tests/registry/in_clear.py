"""Looks for words in clear through all tables of the database, in the encodings in which they may stand."""

from __future__ import annotations

import json
import urllib.parse

from django.db import connection
from psycopg.sql import SQL, Identifier


def forms(words: str) -> list[str]:
    """A name as files and tables may hold it, in hexadecimal digits."""
    encoded = [words.encode(), words.encode("utf-16-le"), words.encode("cp1251")]
    encoded += [json.dumps(words).strip('"').encode(), urllib.parse.quote(words).encode()]
    return [form.hex() for form in encoded]


def tables_that_hold(words: str) -> list[str]:
    """The tables, staging among them, of which some value is or contains the words."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_catalog|information)'")
        for schema, table in cursor.fetchall():
            cursor.execute(SQL("SELECT t::text FROM {} t").format(Identifier(schema, table)))
            told = "".join(text for (text,) in cursor.fetchall() if text)
            hexed = told.encode().hex() + told
            if any(form in hexed for form in forms(words)) or words in told:
                found.append(table)
    return found
