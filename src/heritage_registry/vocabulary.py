"""The closed lists of words a record may use, each with its meaning in every reader language."""

from functools import cache
from importlib import resources

import msgspec

VOCABULARIES: tuple[str, ...] = (
    "site_type",
    "condition",
    "standing",
    "extent",
    "threat_likelihood",
    "cause",
    "effect",
    "intervention",
    "evidence_type",
    "certainty",
    "event",
    "name_kind",
    "attribution_stance",
    "attribution_role",
    "location_of",
    "location_method",
    "location_standing",
    "place_level",
    "relation",
    "response_stance",
    "response_element",
    "response_scope",
    "responsibility_kind",
    "source_kind",
    "affiliation",
    "status",
    "review_act",
    "correction_outcome",
    "sensitivity",
    "content_note",
    "claim_relation",
    "fate",
    "identifier_match",
    "comparison",
)


class UnknownTermError(KeyError):
    """A vocabulary, or a term of one, that does not exist."""

    def __str__(self) -> str:
        # KeyError shows its argument quoted, which is unreadable for a sentence.
        return str(self.args[0])


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same or a near idea in a scheme kept by others.

    `id` is what that scheme itself uses: the number of the concept for `aat`, the English label for `eamena`.
    """

    scheme: str
    id: str
    relation: str


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One word a record may use. Its `id` is stored in records and never changes."""

    id: str
    label: dict[str, str]
    definition: dict[str, str]
    match: tuple[Match, ...] = ()


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A closed list of terms, in the order a form or a legend shows them."""

    id: str
    title: dict[str, str] = msgspec.field(name="label")
    definition: dict[str, str]
    terms: tuple[Term, ...]
    origin: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all terms, in the order of the list."""
        return tuple(term.id for term in self.terms)

    def term(self, term_id: str) -> Term:
        """Return the term with this id. Raises UnknownTermError naming the ids that exist."""
        for term in self.terms:
            if term.id == term_id:
                return term
        raise UnknownTermError(f"{self.id}: {term_id!r} is not one of {', '.join(self.ids)}")

    def label(self, term_id: str, language: str) -> str:
        """Return the word a reader of `language` sees; English where the language has none."""
        labels = self.term(term_id).label
        return labels.get(language, labels["en"])


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary of this name, read once. Raises UnknownTermError naming those that exist."""
    if name not in VOCABULARIES:
        raise UnknownTermError(f"{name!r} is not a vocabulary; there are {', '.join(VOCABULARIES)}")
    file = resources.files("heritage_registry") / "vocabularies" / f"{name}.json"
    return msgspec.json.decode(file.read_bytes(), type=Vocabulary)


def constraint(name: str) -> msgspec.Meta:
    """Return what limits a field to the ids of a vocabulary, as in `Annotated[str, constraint("cause")]`."""
    # In Python "$" also matches before a final line break; the look-ahead refuses that one.
    return msgspec.Meta(pattern=f"^(?:{'|'.join(vocabulary(name).ids)})$(?!\\n)", extra={"vocabulary": name})


UNGRADED = frozenset({"indeterminate", "not_stated"})
"""Terms of `condition` that say nothing of the state."""

STANDINGS = (
    *(grade for grade in vocabulary("condition").ids if grade not in UNGRADED),
    *vocabulary("standing").ids,
)
"""All that can be shown as a site's condition, in the order of a legend: a grade, or why there is none."""


def standing_label(standing: str, language: str) -> str:
    """Return what a reader sees for one of `STANDINGS`, and for any other condition."""
    grades = vocabulary("condition")
    return (grades if standing in grades.ids else vocabulary("standing")).label(standing, language)
