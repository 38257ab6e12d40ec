"""`telegram/result.json`: a channel as Telegram Desktop exports it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from synthetic.lists.truth import Truth, scenario_of
from synthetic.lists.writing import slipped, years_ru, years_uk
from synthetic.population.inflection import Case, inflect, russian_surname_genitive, russian_town_genitive
from synthetic.population.people import Child, Community
from synthetic.population.pools import Language, pools
from synthetic.population.strangers import draw_stranger, share
from synthetic.population.templates import templates
from synthetic.world import World

SLUG = "telegram_posts"
_TEMPLATES = "telegram_templates.tsv"
_FIRST_DAY = datetime(2022, 12, 1, 8, 0, tzinfo=UTC)
_DAYS = 390
_CHANNEL = "Шукаємо рідних (вигаданий канал)"
_CASES: tuple[Case, ...] = ("genitive", "accusative")
_TOGETHER = 0.45
"""Share of the posts that name a second child of the community, where there is one."""

Text = str | list[Any]


class TelegramPosts:
    """Writes the export: posts about children, statements that name nobody, service messages, everyday posts."""

    slug = SLUG

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self._strangers = round(world.coverage.unrelated_posts * world.size)
        (folder / "telegram").mkdir(exist_ok=True)
        self.files = [folder / "telegram" / "result.json"]
        self._file = self.files[0].open("w", encoding="utf-8", newline="\n")
        head = {"name": _CHANNEL, "type": "public_channel", "id": 1000000001}
        self._file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "messages": [\n')
        self._message = 0
        self._shapes = world.rng(f"shapes of {SLUG}", -1)
        self._first = True
        self._service("create_channel", _FIRST_DAY)

    def add(self, community: Community) -> None:
        """The posts of the days that fall to one community."""
        rng = self._world.rng(SLUG, community.number)
        self._shapes = self._world.rng(f"shapes of {SLUG}", community.number)  # apart: the rest stays as it is
        named = [child for child in community.children if SLUG in child.lists]
        named += [
            draw_stranger(rng, SLUG, number, russian=False)
            for number in share(self._strangers, community.number, self._world.communities)
        ]
        posts = _grouped(named, rng)
        kinds: list[list[Child] | str] = [*posts, "group", "noise"]
        kinds += ["noise"] * rng.randrange(3) + ["group"] * (rng.random() < 0.4) + ["service"] * (rng.random() < 0.3)
        rng.shuffle(kinds)
        for place, kind in enumerate(kinds):
            at = self._moment(community.number + place / len(kinds), rng)
            if kind == "service":
                self._service("pin_message", at)
            elif isinstance(kind, str):
                self._statement(kind, at, rng)
            else:
                self._post(kind, at, rng)

    def close(self) -> None:
        """Ends the file."""
        self._file.write("\n ]\n}\n")
        self._file.close()

    def _moment(self, position: float, rng: Random) -> datetime:
        """The time of a post: posts follow one another through the days of the channel."""
        minutes = int(position / self._world.communities * _DAYS * 1440)
        return _FIRST_DAY + timedelta(minutes=minutes, seconds=rng.randrange(60))

    def _post(self, children: list[Child], at: datetime, rng: Random) -> None:
        language: Language = "uk" if rng.random() < 0.4 else "ru"
        done: list[set[str]] = [{"mention"} for _ in children]
        if len(children) == 1:
            text = self._single(children[0], language, at, rng, done[0])
        else:
            text = self._several(children, language, at, rng, done)
        if self._shapes.random() < self._world.damage.post_capitals:
            text = _in_capitals(text)
        message = self._write(text, at)
        for number, (child, what) in enumerate(zip(children, done, strict=True), 1):
            key = f"{message}/{number}" if len(children) > 1 else str(message)
            self._truth.add(SLUG, key, child.person_id, scenario_of(child, what))

    def _single(self, child: Child, language: Language, at: datetime, rng: Random, done: set[str]) -> Text:
        fields = self._fields(child, language, at, rng, done)
        template = rng.choice(templates(_TEMPLATES, "single", language))
        text = template.format(**fields)
        if rng.random() < 0.35:
            return [{"type": "bold", "text": text}, "\n\n", {"type": "hashtag", "text": "#розшук"}, ""]
        if rng.random() < 0.2:
            case = next(case for case in ("acc", "gen", "nom") if f"{{{case}}}" in template)
            before, _, after = template.partition(f"{{{case}}}")
            return [before.format(**fields), {"type": "bold", "text": fields[case]}, after.format(**fields)]
        return text

    def _several(
        self, children: list[Child], language: Language, at: datetime, rng: Random, done: list[set[str]]
    ) -> Text:
        every = [self._fields(child, language, at, rng, what) for child, what in zip(children, done, strict=True)]
        head = rng.choice(templates(_TEMPLATES, "list_head", language)).format(**every[0])
        surnames = {child.name.surname for child in children}
        if len(surnames) == 1 and self._shapes.random() < self._world.damage.post_family:
            return f"{head}\n{self._family(children, every, language)}"
        lines = [
            f"{number}. {fields['nom']}{fields['surname']}, {fields['years']}, {fields['town']}"
            for number, fields in enumerate(every, 1)
        ]
        if rng.random() < 0.5:
            return [{"type": "bold", "text": head}, "\n" + "\n".join(lines)]
        return head + "\n" + "\n".join(lines)

    def _family(self, children: list[Child], every: list[dict[str, str]], language: Language) -> str:
        """Brothers and sisters in one sentence, their surname once, before the first of them."""
        surname = children[0].name.surname.written(language, children[0].sex)
        told = [f"{fields['nom']} ({fields['years']})" for fields in every]
        joined = f"{', '.join(told[:-1])} {'і' if language == 'uk' else 'и'} {told[-1]}"
        return f"{surname} {joined}, {every[0]['town']}."

    def _fields(self, child: Child, language: Language, at: datetime, rng: Random, done: set[str]) -> dict[str, str]:
        damage = self._world.damage
        age = child.age_on(at.date()) + (rng.choice((-1, 1)) if rng.random() < damage.age_off_by_one else 0)
        age = max(age, 1)
        given = child.name.given.written(language)
        short = child.name.given.diminutives(language)
        if short and rng.random() < 0.55:
            given = rng.choice(short)
            done.add("diminutive")
        surname = child.name.surname.written(language, child.sex) if rng.random() < 0.3 else ""
        given, surname = slipped([given, surname], rng, damage, done)
        adjectival = child.name.surname.ru_m != child.name.surname.ru_f
        genitive = surname
        if surname and language == "ru":
            genitive = russian_surname_genitive(surname, child.sex, adjectival=adjectival)
        cases = {case: inflect(given, case, language, child.sex) for case in _CASES}
        if surname and self._shapes.random() < damage.post_initials:
            written = child.name.parts(language)
            given = f"{written[1][0]}. {written[2][0]}."
            cases = dict.fromkeys(cases, given)
            done.add("initials")
        home = child.home.former if child.home.former and rng.random() < damage.former_place / 2 else child.home
        town = home.written(language)
        return {
            "nom": given,
            "gen": cases["genitive"],
            "acc": cases["accusative"],
            "surname": f" {surname}" if surname else "",
            "surname_gen": f" {genitive}" if genitive else "",
            "years": (years_ru if language == "ru" else years_uk)(age),
            "town": town,
            "town_gen": russian_town_genitive(town) if language == "ru" else town,
            **_adjectives(age, child, language),
        }

    def _statement(self, kind: str, at: datetime, rng: Random) -> None:
        language: Language = "uk" if rng.random() < 0.4 else "ru"
        region = pools().regions.draw(rng)
        text = rng.choice(templates(_TEMPLATES, kind, language)).format(
            count=5 * rng.randint(1, 24), region_acc=region.accusative, region_prep=region.prepositional, region="РФ"
        )
        self._write([text, {"type": "link", "text": "https://example.org/news"}] if rng.random() < 0.2 else text, at)

    def _service(self, action: str, at: datetime) -> None:
        self._message += 1
        self._emit(
            {
                "id": self._message,
                "type": "service",
                "date": f"{at:%Y-%m-%dT%H:%M:%S}",
                "date_unixtime": str(int(at.timestamp())),
                "actor": _CHANNEL,
                "actor_id": "channel1000000001",
                "action": action,
                "text": "",
                "text_entities": [],
            }
        )

    def _write(self, text: Text, at: datetime) -> int:
        self._message += 1
        parts = [text] if isinstance(text, str) else text
        entities = [{"type": "plain", "text": part} if isinstance(part, str) else part for part in parts]
        self._emit(
            {
                "id": self._message,
                "type": "message",
                "date": f"{at:%Y-%m-%dT%H:%M:%S}",
                "date_unixtime": str(int(at.timestamp())),
                "from": _CHANNEL,
                "from_id": "channel1000000001",
                "text": text,
                "text_entities": [entity for entity in entities if entity["text"]],
            }
        )
        return self._message

    def _emit(self, message: dict[str, Any]) -> None:
        self._file.write(("" if self._first else ",\n") + "  " + json.dumps(message, ensure_ascii=False))
        self._first = False


def _in_capitals(text: Text) -> Text:
    if isinstance(text, str):
        return text.upper()
    return [part.upper() if isinstance(part, str) else {**part, "text": part["text"].upper()} for part in text]


def _grouped(children: list[Child], rng: Random) -> list[list[Child]]:
    """The children of each post: siblings together, now and then others of the same place too."""
    posts: list[list[Child]] = []
    for child in sorted(children, key=lambda child: child.family):
        last = posts[-1] if posts else None
        together = last and (last[-1].family == child.family >= 0 or rng.random() < _TOGETHER * 0.5)
        if last and together and len(last) < 5:
            last.append(child)
        else:
            posts.append([child])
    return posts


def _adjectives(age: int, child: Child, language: Language) -> dict[str, str]:
    """`10-летний`, `10-летнего`; `10-річна`, `10-річної`."""
    female = child.sex == "f"
    if language == "ru":
        return {
            "age_adj_nom": f"{age}-летн{'яя' if female else 'ий'}",
            "age_adj_gen": f"{age}-летн{'ей' if female else 'его'}",
        }
    return {
        "age_adj_nom": f"{age}-річн{'а' if female else 'ий'}",
        "age_adj_gen": f"{age}-річн{'ої' if female else 'ого'}",
    }
