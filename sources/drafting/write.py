"""The draft of a source description as YAML, with what only a person knows marked TODO."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from sources.drafting import guess as guesses
from sources.drafting.guess import (
    CONSENT_WORDS,
    LANGUAGE_WORDS,
    SEX_WORDS,
    Column,
    Guess,
)
from sources.drafting.seen import Preview
from sources.fields import FIELDS, NAMING_FIELDS
from transliteration.places.institutions import institution_key

_DAY: Final = r"\d{1,2}\.\d{1,2}\.\d{4}"
# Titles whose parts a pattern can name; the first that a title fits is taken.
_TITLES: Final = (
    r"(?:направлен|вивезен|вывезен|переміщен|перемещ|переведен)\w*\s+(?:із|из|з|с)\s+(?P<institution>.+?)\s+"
    rf"(?:до|в|у|во|на)\s+(?P<region>.+?)\s+(?P<transferred_on>{_DAY})",
    rf"(?:станом на|по состоянию на|as of)\s+(?P<observed_on>{_DAY})",
    rf"(?P<observed_on>{_DAY})",
)
_INSTITUTION: Final = (
    r"^(?P<institution>(?=.*(?:інтернат|интернат|будин|дом|центр|притул|приют|школ|ліцей|лицей|заклад|учрежден|лікарн|"
    r"больниц|садок|orphanage|shelter|school)).+)$"
)
_TOTALS: Final = re.compile(
    r"(?:усього|всього|разом|всего|итого|total|примітка|примечание|підпис|подпись)\b", re.IGNORECASE
)
_PLAIN: Final = re.compile(r"[^\W\d_][\w ’.№]*[\w.]|[^\W\d_]")
_PLAIN_WORDS: Final = frozenset({"null", "~", "yes", "no", "true", "false"})

_FIXED: Final[dict[str, dict[str, Any]]] = {
    "telegram": {"key": "{chat}/{id}", "observed_on": "date", "fields": {"text": "text"}},
    "telegram_page": {
        "key": "{chat}/{@id}",
        "observed_on": {"column": ".date@title", "pattern": r"\d\d\.\d\d\.\d{4}"},
        "fields": {"text": {"column": ".text", "optional": True}},
    },
    "pfif": {
        "key": "person_record_id",
        "observed_on": "source_date",
        "fields": {
            "full_name": "full_name",
            "surname": "family_name",
            "given": "given_name",
            "sex": {"column": "sex", "map": {"male": "m", "female": "f"}},
            "birth_date": "date_of_birth",
            "age": "age",
            "last_place": {"columns": ["home_neighborhood", "home_city", "home_state"], "join": ", "},
            "contact": {"columns": ["author_name", "author_phone", "author_email"], "join": "; "},
            "note": {"columns": ["description", "note.text"], "join": "; "},
        },
    },
}


def quoted(text: str) -> str:
    """Return a text as a YAML scalar that stays what it is, in a block and in braces."""
    if not text.isprintable():
        return json.dumps(text)
    if _PLAIN.fullmatch(text) and text.casefold() not in _PLAIN_WORDS and "  " not in text:
        return text
    return "'" + text.replace("'", "''") + "'"


def flow(value: Any) -> str:
    """Return a value of a draft in one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(str(key))}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return "true" if value is True else quoted(str(value))


def compose(seen: Preview, title: str) -> str:
    """Return the text of the description that a preview suggests."""
    kind = seen.fixed or seen.reader["kind"]
    if kind in _FIXED:
        fixed = _FIXED[kind]
        key = fixed["key"]
        if kind == "telegram_page" and "page" not in seen.reader:
            key = key.removeprefix("{chat}/").strip("{}")
        return _text(seen, title, key, dict(fixed["fields"]), [], fixed["observed_on"], language="mixed")
    found = guesses.guess(seen.columns)
    by_field = {each.field: each for each in found}
    fields = {name: _spec(by_field[name]) for name in FIELDS if name in by_field and name != "observed_on"}
    _split_together(fields, by_field)
    observed = _spec(by_field["observed_on"]) if "observed_on" in by_field else None
    used = {column.name for each in found for column in (each.column, *each.others)}
    unused = [column for column in seen.columns if column.name not in used]
    key = by_field["key"].column.name if "key" in by_field else None
    if key and seen.within:
        key = "/".join(f"{{{part}}}" for part in (*seen.within, key))
    for name in fields:
        if _gives(seen, name):
            fields[name] = {"any_of": [fields[name], {"context": name}]}
    derived: dict[str, Any] = {}
    if "full_name" in by_field and (order := guesses.name_order(by_field["full_name"].column)):
        derived["full_name_order"] = order
    language = by_field.get("language_column")
    text = _text(
        seen,
        title,
        key,
        fields,
        unused,
        observed,
        language=_language(seen.columns),
        language_column=_mapped(language.column, LANGUAGE_WORDS) if language else None,
        derived=derived,
    )
    doubtful = [each for each in found if not each.by_header and each.field in fields]
    for each in doubtful:
        start = f"  {each.field}: "
        text = re.sub(rf"^({re.escape(start)}.*)$", r"\1  # TODO: guessed from the values", text, count=1, flags=re.M)
    if "split:" in text:
        several = r"\1  # TODO: do such cells name several children?"
        text = re.sub(r"^(  full_name: .*split: .*)$", several, text, count=1, flags=re.M)
    return text


def _spec(found: Guess) -> Any:
    """Return where a field comes from: a column alone, or one with what its values need."""
    column = found.column
    if found.others:
        return {"any_of": [column.name, *(other.name for other in found.others)]}
    spec: dict[str, Any] = {"column": column.name}
    if found.field == "sex":
        spec |= _only_map(column, SEX_WORDS)
    if found.field == "consent":
        spec |= _only_map(column, CONSENT_WORDS)
    if found.field == "full_name" and guesses.several_children(column):
        spec |= {"split": r"\s*[;\n]\s*"}
    if column.optional:
        spec |= {"optional": True}
    return spec if len(spec) > 1 else column.name


def _split_together(fields: dict[str, Any], by_field: dict[str, Guess]) -> None:
    """Cut what stands beside the names of several children of one object as they are: `children[].name`, `….dob`."""
    name = fields.get("full_name")
    if not isinstance(name, dict) or "split" not in name or "[]" not in str(name.get("column")):
        return
    array = str(name["column"]).rpartition("[]")[0]
    name["split"] = r"\n"  # items of an array, one a line
    for field, spec in fields.items():
        column = by_field[field].column.name
        if field != "full_name" and column.startswith(f"{array}[]."):
            fields[field] = {**(spec if isinstance(spec, dict) else {"column": spec}), "split": r"\n"}


def _mapped(column: Column, words: dict[str, str]) -> Any:
    return {"column": column.name, **_only_map(column, words)}


def _only_map(column: Column, words: dict[str, str]) -> dict[str, Any]:
    """Return the map of the known words that the values are; codes need none."""
    seen = Counter(value.strip().casefold() for value in column.filled)
    known = {word: words[word] for word, _ in seen.most_common(12) if word in words and words[word] != word}
    return {"map": known} if known else {}


def _language(columns: Sequence[Column]) -> str:
    """Return the language whose own letters the values have: mixed where both have a tenth of them or more."""
    text = [value.casefold() for column in columns for value in column.filled[:200]]
    uk = sum(bool(re.search("[іїєґ]", value)) for value in text)
    ru = sum(bool(re.search("[ыэъё]", value)) for value in text)
    cyrillic = sum(bool(re.search("[а-я]", value)) for value in text)
    if not cyrillic:
        return "en" if text else "mixed"
    if min(uk, ru) * 10 > uk + ru:
        return "mixed"
    return "uk" if uk > ru else "ru" if ru or cyrillic > 20 else "mixed"


def _text(
    seen: Preview,
    title: str,
    key: str | None,
    fields: dict[str, Any],
    unused: Sequence[Column],
    observed: Any,
    *,
    language: str,
    language_column: Any = None,
    derived: dict[str, Any] | None = None,
) -> str:
    lines = ["# yaml-language-server: $schema=source.schema.json", *_told(seen.told)]
    lines += [
        f"title: {quoted(title)}  # TODO: what people call this list",
        "source_class: other  # TODO: family, authority, occupation, adoption_bank, citizenship, social or media",
        f"language: {language}",
    ]
    if language_column:
        lines.append(f"language_column: {flow(language_column)}")
    lines += [
        "legal_basis: ''  # TODO: under which law or consent the data is held",
        "handling_code: restricted  # TODO: public, restricted, official use, …",
        "reliability: 0.5  # TODO: 0 (not at all) to 1 (fully trusted)",
        *_reader(seen),
    ]
    if key:
        lines.append(f"key: {quoted(key)}  # TODO: does it stay the same in the next delivery?")
    else:
        lines.append(
            "# key: …  # TODO: a column that stays the same in the next delivery; without one, rows go by place"
        )
    if observed:
        lines.append(f"observed_on: {flow(observed)}")
    elif _gives(seen, "transferred_on"):
        lines.append("observed_on: {context: transferred_on}  # TODO: is the list of the same day?")
    elif not _gives(seen, "observed_on"):
        lines.append("# observed_on: 2024-03-01  # TODO: when the list was written; ages and terms need it")
    lines.append("fields:")
    if not fields.keys() & NAMING_FIELDS:
        lines.append("  # TODO: no column of names could be told; one of full_name, surname, given or text is needed")
        first = next((column.name for column in seen.columns if column.name not in (key or "")), "A")
        fields = {"full_name": first, **fields}
    lines += [f"  {name}: {flow(spec)}" for name, spec in fields.items()]
    lines += [
        f"  # other: {quoted(column.name)}  # TODO: not told; see the fields in docs/sources.md" for column in unused
    ]
    if derived:
        lines += ["derived:", *(f"  {name}: {flow(value)}" for name, value in derived.items())]
    return "\n".join(lines) + "\n"


def _told(told: Iterable[str]) -> list[str]:
    return [f"# {text}" for text in dict.fromkeys(told)]


def _reader(seen: Preview) -> list[str]:
    """Return the lines of `reader`, with patterns for titles and totals that were seen."""
    options = {name: value for name, value in seen.reader.items() if name != "kind"}
    in_tables = "read" not in options and not {"card", "article"} & options.keys()
    if in_tables or options.get("read") in ("lines", "paragraphs"):
        titles = titles_of(seen.titles) or institutions_of(seen.first_cells)
        if "read" in options:
            titles = [rf"^(?!\s*\d+[.)]).*?{pattern}" for pattern in titles]  # a line of the list is no title
        skip = skips_of(seen.first_cells)
        target = options.get("each", [options])
        for each in target:
            if each.get("kind", seen.reader["kind"]) in (
                "csv",
                "xlsx",
                "xls",
                "ods",
                "docx",
                "pdf",
                "scan",
                "html",
                "text",
            ):
                each |= ({"titles": titles} if titles else {}) | ({"skip": skip} if skip else {})
    if not options:
        return [f"reader: {seen.reader['kind']}"]
    lines = ["reader:", f"  kind: {seen.reader['kind']}"]
    for name, value in options.items():
        if name == "each":
            lines += ["  each:", *(f"    - {flow(each)}" for each in value)]
        else:
            lines.append(f"  {name}: {flow(value)}")
    return lines


def titles_of(titles: Sequence[str]) -> list[str]:
    """Return the title patterns that fit a text above the headers; what the texts say is not copied."""
    text = [*titles, " ".join(titles)]
    fitting = (pattern for pattern in _TITLES if any(re.search(pattern, title, re.IGNORECASE) for title in text))
    return list(islice(fitting, 1))


def institutions_of(first_cells: Sequence[str]) -> list[str]:
    """Return a pattern for rows that hold the name of an institution alone, when two or more were seen."""
    named = {cell for cell in first_cells if institution_key(cell).kind and not _TOTALS.match(cell)}
    return [_INSTITUTION] if len(named) > 1 else []


def skips_of(first_cells: Sequence[str]) -> list[str]:
    """Return skip patterns for the totals and footnotes that were seen."""
    words = {hit[0].casefold() for cell in first_cells if (hit := _TOTALS.match(cell))}
    found = [f"^({'|'.join(sorted(word.capitalize() for word in words))})\\b"] if words else []
    return found + ([r"^\*"] if any(cell.startswith("*") for cell in first_cells) else [])


def _gives(seen: Preview, group: str) -> bool:
    return any(f"(?P<{group}>" in pattern for pattern in titles_of(seen.titles))
