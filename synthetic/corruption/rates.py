"""How often a list alters what it says about a child, and how often a child is in a list at all."""

from __future__ import annotations

from dataclasses import dataclass, fields

SOURCES = (
    "family_reports",
    "authority_register",
    "transfer_lists",
    "adoption_cards",
    "citizenship_list",
    "telegram_posts",
    "media_clippings",
)
"""The slugs of the lists, as they stand in the column `source` of `truth.csv`."""


class _Rates:
    """Checks that every field of a dataclass of rates is a share between 0 and 1."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise ValueError(f"{type(self).__name__}.{field.name} is {value}; give a share between 0 and 1")


@dataclass(frozen=True)
class Damage(_Rates):
    """Rates of alteration, each a share of the rows (or sheets, where it says so) it can happen to.

    Attributes:
        clerical: A row of any list gets one slip of the pen, the keyboard or the scanner in a name.
        clerical_again: A row that has one slip gets another.
        mojibake: The name of a row was decoded with the wrong code page.
        missing_patronymic: A list that has patronymics leaves this one out.
        partial_birth_date: A report knows only the year, or month and year, of birth.
        placeholder_date: 1 January stands for an unknown day.
        two_digit_year: The year is written with two digits.
        swapped_day_month: Day and month changed places (only where both readings are dates).
        misread_digit: One digit of the day or month is wrong.
        diminutive: A report or a transfer list gives a diminutive for the given name.
        untranslated_given: A Russian list copies the Ukrainian given name letter by letter instead of translating it.
        untranslated_surname: A Russian list copies the Ukrainian surname letter by letter.
        mixed_language: A Ukrainian report gives the Russian form of the given name.
        name_order: Given name and surname changed places in a transfer list; in a report the surname comes last.
        phone_misplaced: The telephone number of a report stands in another column.
        former_place: An occupation-side list names the place as in Soviet times.
        missing_field: An optional field (parents, traits, places, institution) was left empty.
        sheet_initials: A transfer sheet gives surname and initials only.
        sheet_year_only: A transfer sheet gives the year of birth only.
        sheet_capitals: A transfer sheet is written in capitals.
        sheet_genitive: A transfer sheet names the children in the genitive.
        card_age_only: A card gives the age instead of month and year of birth.
        card_renamed: A card shows another given name in both snapshots, in three cases of five with the same initial.
        card_redated: A card shows another month of birth, or the age by it, 20 to 120 days away.
        card_sibling_mark_wrong: A card tells another number of brothers and sisters than there are.
        card_changed: A card that stays changes its name or its age between the snapshots.
        card_vanished: A card of the first snapshot is gone in the second.
        card_appeared: A card is in the second snapshot only.
        card_traits_differ: Eyes or hair on a card differ from what the family says.
        age_off_by_one: An age is a year too high or too low.
        surname_patronymic_replaced: A child on the citizenship list bears the adopter's surname and patronymic.
        all_names_replaced: A child on the citizenship list has a new given name as well, and a new birthplace.
        birth_date_shifted: A child on the citizenship list has another birth date, by days to some months.
        all_names_and_birth_altered: A child on the citizenship list has other names, another birthplace and, by up to
            90 days, another birth date.
        institution_unknown: A report does not know in which institution the child lived.
        media_initial: A newsroom gives the surname as an initial.
        media_pseudonymised: A newsroom that changes names wrote about the child.
        media_copied: A second newsroom copied the story.
        second_report: Another relative sent a report about the same child.
        name_and_more: A report has the year of birth or a note beside the name, in its cell.
        name_declined: A report names the child in the genitive, as after "looking for".
        birth_in_words: A report tells the birth in words, or between two years.
        nothing_in_words: An empty field of a report or of the register holds a word or mark for "nothing".
        escaped: An apostrophe in the name of a report is written as web pages write it.
        columns_swapped: Surname and given name stand in each other's column of the register.
        row_struck: A row of the register is struck through.
        row_hidden: A row of the register is hidden.
        row_repeated: A row of the register comes again with the later delta, under another number.
        sheet_beside: A transfer sheet has the second half of its list beside the first.
        sheet_below: A transfer sheet has the second half below the first, its columns in another order.
        sheet_cards: A transfer sheet has a card for each child: labels at the left.
        sheet_ditto: The clerk of a transfer sheet writes a ditto mark for a place that is that of the row above.
        post_capitals: A post is written in capitals.
        post_initials: A post gives the surname with initials.
        post_family: A post about brothers and sisters of one surname names it once.
    """

    clerical: float = 0.06
    clerical_again: float = 0.12
    mojibake: float = 0.001
    missing_patronymic: float = 0.06
    partial_birth_date: float = 0.08
    placeholder_date: float = 0.03
    two_digit_year: float = 0.05
    swapped_day_month: float = 0.01
    misread_digit: float = 0.01
    diminutive: float = 0.03
    untranslated_given: float = 0.05
    untranslated_surname: float = 0.12
    mixed_language: float = 0.03
    name_order: float = 0.04
    phone_misplaced: float = 0.03
    former_place: float = 0.30
    missing_field: float = 0.12
    sheet_initials: float = 0.15
    sheet_year_only: float = 0.10
    sheet_capitals: float = 0.35
    sheet_genitive: float = 0.10
    card_age_only: float = 0.35
    card_renamed: float = 0.03
    card_redated: float = 0.03
    card_sibling_mark_wrong: float = 0.08
    card_changed: float = 0.05
    card_vanished: float = 0.08
    card_appeared: float = 0.12
    card_traits_differ: float = 0.12
    age_off_by_one: float = 0.12
    surname_patronymic_replaced: float = 0.25
    all_names_replaced: float = 0.07
    birth_date_shifted: float = 0.08
    all_names_and_birth_altered: float = 0.03
    institution_unknown: float = 0.10
    media_initial: float = 0.30
    media_pseudonymised: float = 0.12
    media_copied: float = 0.12
    second_report: float = 0.02
    name_and_more: float = 0.02
    name_declined: float = 0.01
    birth_in_words: float = 0.01
    nothing_in_words: float = 0.10
    escaped: float = 0.05
    columns_swapped: float = 0.01
    row_struck: float = 0.005
    row_hidden: float = 0.01
    row_repeated: float = 0.01
    sheet_beside: float = 0.04
    sheet_below: float = 0.04
    sheet_cards: float = 0.03
    sheet_ditto: float = 0.05
    post_capitals: float = 0.04
    post_initials: float = 0.04
    post_family: float = 0.25

    @classmethod
    def none(cls) -> Damage:
        """A world in which every list says what the documents say; the ranking tests start from it."""
        return cls(**{field.name: 0.0 for field in fields(cls)})


@dataclass(frozen=True)
class Coverage(_Rates):
    """Which share of the missing children with a report is in which list.

    Attributes:
        unlisted: Reported children that are in no other list.
        authority_register: In the register of the authorities.
        transfer_lists: In a transfer list.
        adoption_cards: On an adoption card.
        citizenship_list: In the citizenship list.
        telegram_posts: Named in a post.
        media_clippings: Named in a clipping.
        unreported: Children of the same institutions nobody sent a report about, as a share of the reported ones;
            they are in the register, in the transfers and so on with the rates above.
        unrelated_citizens: Russian children on the citizenship list, as a share of all children with a report.
        unrelated_posts: Posts about children of other places, as a share of all children with a report.
        unrelated_clippings: Clippings about children of other places, as a share of all children with a report.
    """

    unlisted: float = 0.10
    authority_register: float = 0.60
    transfer_lists: float = 0.55
    adoption_cards: float = 0.35
    citizenship_list: float = 0.20
    telegram_posts: float = 0.08
    media_clippings: float = 0.08
    unreported: float = 0.25
    unrelated_citizens: float = 0.30
    unrelated_posts: float = 0.03
    unrelated_clippings: float = 0.03

    def chances(self) -> dict[str, float]:
        """The chance of each list for a child that is in at least one of them, so that the shares above come out.

        Lists are drawn independently and a draw of no list at all is repeated; that repetition raises every share,
        and this fixed point takes it back.
        """
        wanted = {slug: getattr(self, slug) for slug in SOURCES[1:]}
        listed = 1 - self.unlisted
        chance = dict(wanted)
        for _ in range(60):
            none = 1.0
            for value in chance.values():
                none *= 1 - value
            chance = {slug: min(1.0, share / listed * (1 - none)) if listed else 0.0 for slug, share in wanted.items()}
        return chance
