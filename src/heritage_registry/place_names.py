"""The place of a site as lists show it: one place, in the reader's language, spelled alike everywhere.

Records spell one town in many ways. Where the gazetteer of the base map knows the settlement, its names are
those that the map's labels show too. It is known only by the same search key and a point near that of the
site; nothing is translated or transliterated.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from heritage_registry.gazetteer import Gazetteer
from heritage_registry.names import MATCH, fold, score
from heritage_registry.shapes import distance_m, outline
from heritage_registry.site import Place, Site

Text = tuple[str, str]
"""A name and its language."""

_NEAR_M = 15_000
"""The point of a settlement lies nearer to its sites than another settlement of that name would."""

_LEVELS = ("settlement", "quarter", "landform", "district", "province", "state")
_AS_MANY_READ = ("en", "und")


class PlaceNames(msgspec.Struct, frozen=True):
    """The names of one place: those of the gazetteer by rank in each language, and those of a record."""

    known: tuple[tuple[str, tuple[str, ...]], ...]
    recorded: tuple[Text, ...]

    def all(self) -> Iterable[Text]:
        """Yield every name with its language, those of the gazetteer first."""
        yield from ((text, language) for language, texts in self.known for text in texts)
        yield from self.recorded


def place_of(site: Site) -> Place | None:
    """Return the place that a list shows: the settlement, else the smallest that is recorded."""
    ranks = {level: rank for rank, level in enumerate(_LEVELS)}
    return min(site.properties.places, key=lambda place: ranks.get(place.level, len(ranks)), default=None)


def place_names(site: Site, gazetteer: Gazetteer) -> PlaceNames | None:
    """Return the names of the place that a list shows, or None where no place is recorded."""
    place = place_of(site)
    if place is None:
        return None
    number = _settlement(site, place, gazetteer) if place.level == "settlement" else None
    known = gazetteer.settlements[number].properties.names if number is not None else {}
    return PlaceNames(
        known=tuple(sorted(known.items())),
        recorded=tuple(dict.fromkeys((name.text, name.language) for name in place.names)),
    )


@lru_cache(maxsize=1 << 14)  # sites share their places
def place_line(names: PlaceNames, language: str) -> tuple[Text, ...]:
    """Return what a reader of a language sees: a name in it, and where there is one, an unlike other name.

    Where no name is in the language, the English one, else one in Latin letters, else the first. An unlike
    name is one that the record has in the same language, or by which other languages know the place, in the
    reader's script: of a town with two names neither stands alone.
    """
    known = dict(names.known)
    texts = list(names.all())
    first = _first(texts, language)
    usual = [known[other][0] for other in known if other != first[1]]
    recorded = [name for name in names.recorded if name[1] == first[1]]
    called = [
        (text, first[1]) for text in known.get(first[1], ()) if any(_answers(text, name) for name in usual)
    ]
    elsewhere = [
        (texts[0], other)
        for other, texts in known.items()
        if other not in (first[1], "und") and _script(texts[0]) == _script(first[0])
    ]
    for name in (*recorded, *called, *elsewhere):
        if not _answers(name[0], first[0]) and not _answers(first[0], name[0]):
            return first, name
    return (first,)


def _first(texts: Sequence[Text], language: str) -> Text:
    for wanted in (language, *_AS_MANY_READ):
        for name in texts:
            if name[1] == wanted and (wanted != "und" or _script(name[0]) == "LATIN"):
                return name
    return next((name for name in texts if _script(name[0]) == "LATIN"), texts[0])


def _answers(text: str, name: str) -> bool:
    return score(text, name) >= MATCH


def _script(text: str) -> str:
    """Return the script of the first letter, as Unicode calls it."""
    letter = next((character for character in text if character.isalpha()), "")
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""


def _settlement(site: Site, place: Place, gazetteer: Gazetteer) -> int | None:
    """Return the number of the only settlement near the site that bears a name of the place."""
    if site.geometry is None:
        return None
    spot = outline(site.geometry)[0]
    found = {n for name in place.names for n, _ in gazetteer.keys.get(fold(name.text), ())}
    near = [n for n in found if distance_m(spot, gazetteer.settlements[n].geometry.coordinates) <= _NEAR_M]
    return near[0] if len(near) == 1 else None
