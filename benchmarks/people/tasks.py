"""Four tasks of one world as frames that a spec reads, with the person of each record for the evaluation alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

_ADDRESS = {"street": "street_name", "street_number": "street_number", "unit": "unit_number", "city": "city"}
_NAMES = {"first_name": "first_name", "last_name": "last_name", "middle_initial": "middle_initial"}


def security(folder: Path) -> pd.DataFrame:
    """A census and the register of social security, without its entries of deaths, which name people again."""
    census, register = read(folder, "census"), read(folder, "security")
    register = register[register["event_type"].map(_plain) != "death"].copy()
    register["middle_initial"] = register["middle_name"].str[:1]
    names = {**_NAMES, "date_of_birth": "date_of_birth", "sex": "sex"}
    return together(list_of(census, names, "census", "seeking"), list_of(register, names, "security", "found"))


def later(folder: Path) -> pd.DataFrame:
    """The children of a census, and the census ten years later."""
    census, next_one = read(folder, "census"), read(folder, "census_later")
    names = {**_NAMES, "date_of_birth": "date_of_birth", "sex": "sex", "street": "street_name", "zipcode": "zipcode"}
    children = census[pd.to_numeric(census["age"], errors="coerce") < 18]
    return together(list_of(children, names, "census", "seeking"), list_of(next_one, names, "later", "found"))


def wages(folder: Path) -> pd.DataFrame:
    """Statements of wages, and a census."""
    mailing = {ours: f"mailing_address_{theirs}" for ours, theirs in {**_ADDRESS, "zipcode": "zipcode"}.items()}
    statements = list_of(read(folder, "wages"), {**_NAMES, **mailing}, "wages", "seeking")
    census = list_of(read(folder, "census"), {**_NAMES, **_ADDRESS, "zipcode": "zipcode"}, "census", "found")
    return together(statements, census)


def dependents(folder: Path) -> pd.DataFrame:
    """Dependents on tax forms, and a census."""
    forms, clean, numbers = (read(folder, name) for name in ("forms", "forms_clean", "security_clean"))
    person = dict(zip(numbers["ssn"], numbers["simulant_id"], strict=True))
    who = {
        (row["simulant_id"], place): person.get(row[f"dependent_{place}_ssn"])
        for row in clean.to_dict("records")
        for place in range(1, 5)
    }
    rows = [
        {
            "simulant_id": who.get((row["simulant_id"], place)),
            "first_name": row[f"dependent_{place}_first_name"],
            "last_name": row[f"dependent_{place}_last_name"],
            **{ours: row[f"mailing_address_{theirs}"] for ours, theirs in _ADDRESS.items()},
            "zipcode": row["mailing_address_zipcode"],
        }
        for row in forms.to_dict("records")
        for place in range(1, 5)
        if row[f"dependent_{place}_first_name"] or row[f"dependent_{place}_last_name"]
    ]
    names = {name: name for name in ("first_name", "last_name", *_ADDRESS, "zipcode")}
    listed = list_of(pd.DataFrame(rows), names, "forms", "seeking")
    theirs = {"first_name": "first_name", "last_name": "last_name", **_ADDRESS, "zipcode": "zipcode"}
    return together(listed, list_of(read(folder, "census"), theirs, "census", "found"))


TASKS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "pseudopeople": security,
    "later": later,
    "dependents": dependents,
    "wages": wages,
}
"""The tasks by the name of their spec."""


def read(folder: Path, name: str) -> pd.DataFrame:
    """Return one list as pseudopeople wrote it, None where nothing stands."""
    frame = pd.read_json(folder / f"{name}.jsonl", lines=True, dtype=False, convert_dates=False).astype(object)
    return frame.where(frame.notna(), None)


def list_of(frame: pd.DataFrame, columns: dict[str, str], source: str, side: str) -> pd.DataFrame:
    """Return a list under our columns, with the person of each row."""
    out = pd.DataFrame({ours: frame[theirs].map(_plain) for ours, theirs in columns.items()})
    if "date_of_birth" in out:
        out["date_of_birth"] = out["date_of_birth"].map(_day)
    return out.assign(person=frame["simulant_id"].to_numpy(), source=source, source_class="list", side=side)


def together(*lists: pd.DataFrame) -> pd.DataFrame:
    """Return the lists as one frame, each row with a number."""
    frame = pd.concat(lists, ignore_index=True).astype(object)
    frame = frame.where(frame.notna(), None)
    frame.insert(0, "record_id", range(len(frame)))
    return frame


def _plain(value: object) -> str | None:
    return str(value).casefold().strip() or None if value is not None else None


def _day(text: str | None) -> str | None:
    """Return an ISO date of `MM/DD/YYYY` or `YYYYMMDD`; None of what is no date."""
    if text is None:
        return None
    parts = text.split("/")
    year, month, day = (parts[2], parts[0], parts[1]) if len(parts) == 3 else (text[:4], text[4:6], text[6:])
    try:
        return date(int(year), int(month), int(day)).isoformat() if len(year) == 4 else None
    except ValueError:
        return None
