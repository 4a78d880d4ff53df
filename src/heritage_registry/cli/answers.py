"""The few questions that begin a record, and the record made of their answers.

A field of these classes is a question, a flag of `heritage add` and a check of the answer, all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from heritage_registry.form import LanguageTag, Line, Part, Prose, Url
from heritage_registry.parts import Edtf, Latitude, Longitude, Metres, Slug, SourceKey
from heritage_registry.source import CslType
from heritage_registry.vocabulary import constraint

NOT_REVIEWED = "Not reviewed yet"


def _ask(words: str, registry: str = "", after: str = "", needed: bool = False) -> Meta:
    """Return what a field is asked with.

    `registry` names the registry's own list that the answer is from. A question that comes `after` another is
    asked when that one was answered, and then, if `needed`, must be answered too.
    """
    return Meta(description=words, extra={"registry": registry, "after": after, "needed": needed})


_POINT = ("", "longitude", True)
_SEEN = ("", "condition")


class SiteAnswers(Part, frozen=True, kw_only=True):
    """What a new site begins with: one name, one type, one location and what was seen, from one source."""

    name: Annotated[Line, _ask("Name, as the source writes it")]
    language: Annotated[
        LanguageTag, _ask("Language of the name (BCP 47, such as hy, az, ru, en)", "languages")
    ]
    type: Annotated[str, constraint("site_type"), _ask("Type of site")]
    community: Annotated[Slug, _ask("Community the source connects it with", "communities")] | None = None
    stated: Annotated[Prose, _ask("Where it is, in the words of the source")] | None = None
    longitude: Annotated[Longitude, _ask("Longitude in degrees east, such as 46.75")] | None = None
    latitude: Annotated[Latitude, _ask("Latitude in degrees north, such as 39.75", *_POINT)] | None = None
    uncertainty_m: Annotated[Metres, _ask("Within how many metres the point holds", *_POINT)] | None = None
    location_of: Annotated[str, constraint("location_of"), _ask("What the point shows", *_POINT)] | None = (
        None
    )
    location_method: (
        Annotated[str, constraint("location_method"), _ask("How the point was found", *_POINT)] | None
    ) = None
    condition: Annotated[str, constraint("condition"), _ask("Condition seen")] | None = None
    observed: (
        Annotated[Edtf, _ask("When it was seen (EDTF, such as 2021-05 or 2003/2009)", *_SEEN)] | None
    ) = None
    evidence: (
        Annotated[str, constraint("evidence_type"), _ask("Evidence of the source", *_SEEN, True)] | None
    ) = None
    as_stated: Annotated[Prose, _ask("The source's own word for the condition", *_SEEN)] | None = None
    summary: Annotated[Prose, _ask("What was seen, in your own words, in English", *_SEEN)] | None = None
    source: Annotated[SourceKey, _ask("Source, by its key", "sources")]
    locator: Annotated[Line, _ask("Place in the source, such as p. 12")] | None = None


class SourceAnswers(Part, frozen=True, kw_only=True):
    """What a new source begins with."""

    id: Annotated[SourceKey, _ask("Key, such as author-2021-first-words")]
    type: Annotated[CslType, _ask("Type of item (CSL, such as report, webpage, article-newspaper, book)")]
    kind: Annotated[str, constraint("source_kind"), _ask("Kind of source")]
    affiliation: Annotated[str, constraint("affiliation"), _ask("Body that speaks")]
    party: Annotated[Slug, _ask("Party it is tied to", "parties")]
    title: Annotated[Line, _ask("Title")] | None = None
    author: Annotated[Line, _ask("Author, a body or a person, as printed")] | None = None
    publisher: Annotated[Line, _ask("Publisher")] | None = None
    issued: Annotated[Edtf, _ask("When it came out (EDTF)")] | None = None
    url: Annotated[Url, _ask("Address")] | None = None
    language: Annotated[LanguageTag, _ask("Language of the source (BCP 47)")] | None = None
    derives_from: Annotated[SourceKey, _ask("Source that it repeats, by its key", "sources")] | None = None


class ClaimAnswers(Part, frozen=True, kw_only=True):
    """What a new claim about many sites begins with."""

    claimant: Annotated[Line, _ask("Who claims it")]
    statement: Annotated[Prose, _ask("What is claimed, in your own words, in English")]
    party: Annotated[Slug, _ask("Party the claimant is tied to", "parties")] | None = None
    date: Annotated[Edtf, _ask("When it was claimed (EDTF)")] | None = None
    type: Annotated[str, constraint("site_type"), _ask("Type of the sites it speaks of")] | None = None
    community: Annotated[Slug, _ask("Community of these sites", "communities")] | None = None
    place: Annotated[Line, _ask("Place or region they lie in, as printed")] | None = None
    period: Annotated[Edtf, _ask("Period it speaks of (EDTF)")] | None = None
    count: Annotated[Line, _ask("The number, in the words of the source")] | None = None
    unit: Annotated[Line, _ask("What the number counts", "", "count")] | None = None
    source: Annotated[SourceKey, _ask("Source, by its key", "sources")]
    locator: Annotated[Line, _ask("Place in the source, such as p. 12")] | None = None


ANSWERS: Mapping[str, type[Part]] = {"site": SiteAnswers, "source": SourceAnswers, "claim": ClaimAnswers}

Fields = dict[str, Any]


def fields_from_answers(kind: str, answers: Fields) -> Fields:
    """Return a record's fields, as JSON has them, from answers that were checked one by one."""
    make = {"site": _site, "source": _source, "claim": _claim}[kind]
    return make({name: value for name, value in answers.items() if value is not None})


def completed(kind: str, fields: Fields, record_id: str) -> Fields:
    """Return the fields of a new record with what each has: an id and, until reviewed, a draft's status."""
    if kind == "source":
        return fields
    status = {"status": "draft"}
    reason = {"status_reason": NOT_REVIEWED}
    if kind == "claim":
        filled = status | fields
        return {"id": record_id, **(reason if filled["status"] == "draft" else {}), **filled}
    properties = fields.get("properties")
    if isinstance(properties, dict):
        filled = status | properties
        properties = (reason if filled["status"] == "draft" else {}) | filled
    shape = {"geometry": _preferred_shape(properties)}
    return {"type": "Feature", "id": record_id, **shape, **fields} | (
        {"properties": properties} if properties else {}
    )


def _preferred_shape(properties: Any) -> Any:
    """Return the geometry that the feature takes from its preferred location, fit or not."""
    locations = properties.get("locations") if isinstance(properties, dict) else None
    for location in locations if isinstance(locations, list) else ():
        if (
            isinstance(location, dict)
            and location.get("standing") == "preferred"
            and location.get("geometry")
        ):
            return location["geometry"]
    return None


def _site(answers: Fields) -> Fields:
    cited = {"citations": _cited(answers)}
    properties: Fields = {
        "names": [_named(answers, {"name": "text", "language": "language"}) | cited],
        "types": [_named(answers, {"type": "type"}) | cited],
    }
    if "community" in answers:
        properties["attributions"] = [{"community": answers["community"], "stance": "asserts"} | cited]
    located = "longitude" in answers
    if located or "stated" in answers:
        location: Fields = _named(answers, {"stated": "stated", "uncertainty_m": "uncertainty_m"})
        location["of"] = answers.get("location_of", "area")  # a description without a point shows no more
        location["method"] = answers.get("location_method", "described")
        location["standing"] = "preferred"
        if located:
            location["geometry"] = {
                "type": "Point",
                "coordinates": [answers["longitude"], answers["latitude"]],
            }
        properties["locations"] = [location | cited]
    if "condition" in answers:
        report: Fields = {"id": "r1"}
        report |= _named(answers, {name: name for name in ("condition", "observed", "as_stated")})
        report["evidence"] = {"type": answers["evidence"]}
        if "summary" in answers:
            report["summary"] = {"en": answers["summary"]}
        properties["reports"] = [report | cited]
    return {"properties": properties}


def _source(answers: Fields) -> Fields:
    fields = {("URL" if name == "url" else name): value for name, value in answers.items()}
    if "author" in fields:
        fields["author"] = [{"literal": fields["author"]}]
    if "derives_from" in fields:
        fields["derives_from"] = [fields["derives_from"]]
    return fields


def _claim(answers: Fields) -> Fields:
    scope = _named(answers, {"period": "period"})
    for name, plural in (("type", "types"), ("community", "communities"), ("place", "places")):
        if name in answers:
            scope[plural] = [answers[name]]
    fields = _named(answers, {"claimant": "claimant", "party": "party", "date": "date", "unit": "unit"})
    fields |= {"statement": {"en": answers["statement"]}, "scope": scope, "citations": _cited(answers)}
    if "count" in answers:
        fields["numerator"] = {"as_stated": answers["count"]}
    return fields


def _cited(answers: Fields) -> list[Fields]:
    return [_named(answers, {"source": "source", "locator": "locator"})]


def _named(answers: Fields, names: Mapping[str, str]) -> Fields:
    """Return the answers that were given, under the names that the record has for them."""
    return {field: answers[name] for name, field in names.items() if name in answers}
