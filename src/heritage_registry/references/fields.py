"""Values of citation files made fit for records, and a plain word on everything that had to be left out.

The three forms spell dates, languages, names and addresses in many ways; a `Collector` takes them one by
one. What cannot be read is never guessed: it is left out and told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from heritage_registry.dates import InvalidDate, parse
from heritage_registry.form import LanguageTag, Url, unfit_text
from heritage_registry.parts import Edtf
from heritage_registry.references.draft import (
    SourceDraft,
    fields_of_address,
    find_doi,
    suggest_key,
    with_plain_scheme,
)
from heritage_registry.source import CslName

MAX_FIELD = 2_000
"""Characters of a title or name; what is longer is cut."""

MAX_NOTE = 20_000
MAX_AUTHORS = 200

_LANGUAGES: Final[Mapping[str, str]] = {
    name: tag
    for tag, names in {
        "ar": "arabic ara",
        "az": "azerbaijani azeri aze",
        "de": "german deu ger ngerman",
        "el": "greek ell gre",
        "en": "english eng american british usenglish ukenglish",
        "es": "spanish spa",
        "fa": "persian farsi fas per",
        "fr": "french fra fre",
        "he": "hebrew heb",
        "hy": "armenian hye arm",
        "it": "italian ita",
        "ka": "georgian kat geo",
        "ku": "kurdish kur",
        "nl": "dutch nld dut",
        "pl": "polish pol",
        "ru": "russian rus",
        "tr": "turkish tur",
        "uk": "ukrainian ukr",
    }.items()
    for name in names.split()
}
_CSL_MARKS = re.compile(r"</?(?:i|b|sub|sup|sc|span)(?:\s(?:style|class)=\"[^\"<>]{0,80}\")?>")
_PLAIN_DATE = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")


class Collector:
    """Collects the fields of one entry and the problems found on the way."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.problems: list[str] = []

    def tell(self, name: str, message: str) -> None:
        """Add a problem with one field of the entry."""
        self.problems.append(f"{name}: {message}")

    def line(self, name: str, value: Any, into: str) -> None:
        """Take a title or name on one line."""
        text = self.text(name, value, MAX_FIELD)
        if text:
            self.fields[into] = text

    def note(self, name: str, value: Any) -> None:
        """Add a remark to those that are there."""
        text = self.text(name, value, MAX_NOTE)
        if text:
            self.fields["note"] = "\n".join(filter(None, (self.fields.get("note"), text)))

    def text(self, name: str, value: Any, longest: int) -> str:
        """Return a value on one line, composed and without characters that nobody sees."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            if value is not None:
                self.tell(name, f"{shown(value)} is no text; left out")
            return ""
        text = " ".join(unicodedata.normalize("NFC", _CSL_MARKS.sub("", value)).split())
        if len(text) > longest:
            self.tell(name, f"is longer than {longest:,} characters; cut there")
            text = text[:longest].rstrip()
        if unfit_text(text):
            self.tell(name, "held characters that a reader cannot see; left out")
            text = _visible(text)
        return text

    def date(self, name: str, edtf: str, into: str) -> None:
        """Take a date that is EDTF, or a plain date with other signs between its numbers."""
        plain = _PLAIN_DATE.fullmatch(edtf.strip())
        written = "-".join(n.zfill(2) for n in plain.groups() if n) if plain else edtf.strip()
        try:
            parse(written)
            self.fields[into] = _checked(written, Edtf)
        except (InvalidDate, msgspec.ValidationError):
            self.tell(name, f"{shown(edtf)} is no date of numbers such as 2021-03-05; left out")

    def address(self, name: str, value: Any) -> None:
        """Take the address of a page, and what the address tells of a DOI or a kept copy."""
        text = with_plain_scheme(value) if isinstance(value, str) else value
        if text is None or text == "":
            return
        try:
            address = _checked(text, Url)
        except msgspec.ValidationError:
            self.tell(name, f"{shown(value)} is no address that begins with https:// or http://; left out")
            return
        if "@" in address.split("/")[2]:
            self.tell(name, "holds a user name before the host; left out")
        elif unfit_text(address):
            self.tell(name, "held characters that a reader cannot see; left out")
        else:
            self.fields |= fields_of_address(address)

    def doi(self, name: str, value: Any) -> None:
        """Take a DOI, whether bare or as an address."""
        if value is None or value == "":
            return
        found = find_doi(value) if isinstance(value, str) else None
        if found is None or unfit_text(found):
            self.tell(name, f"{shown(value)} is no DOI such as 10.1000/182; left out")
        else:
            self.fields["doi"] = found

    def language(self, name: str, value: Any) -> None:
        """Take a language: a BCP 47 tag, a three-letter code or an English name."""
        if value is None or value == "":
            return
        tag = _language(value) if isinstance(value, str) else None
        if tag is None:
            self.tell(name, f"{shown(value)} is no language tag such as hy, az or en; left out")
        else:
            self.fields["language"] = tag

    def authors(self, names: Collection[CslName]) -> None:
        """Take the authors in their order."""
        if len(names) > MAX_AUTHORS:
            self.tell("author", f"names {len(names):,} people; the first {MAX_AUTHORS} are kept")
        self.fields["author"] = tuple(names)[:MAX_AUTHORS]

    def name(self, field: str, family: Any, given: Any, literal: Any = None) -> CslName | None:
        """Return one author, or None where nothing is left of the name."""
        texts = [self.text(field, value, MAX_FIELD) or None for value in (family, given, literal)]
        return CslName(family=texts[0], given=texts[1], literal=texts[2]) if any(texts) else None

    def draft(self, csl_type: str | None, found_type: Any, taken: Collection[str]) -> SourceDraft | None:
        """Return the draft, or None where the entry has neither title, address nor DOI."""
        if not self.fields.keys() & {"title", "url", "doi"}:
            self.tell("title", "the entry has neither title, address nor DOI; add it by hand")
            return None
        if csl_type is None:
            self.tell("type", f"{shown(found_type)} is no type a source has; 'document' is put instead")
        draft = SourceDraft(id="source", type=csl_type or "document", **self.fields)  # type: ignore[arg-type]
        return msgspec.structs.replace(draft, id=suggest_key(draft, taken))


def shown(value: Any) -> str:
    """Return a value as a message quotes it."""
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


_FOUND_HIDDEN = re.compile(r"U\+([0-9A-F]{4,6}) \(.*\) at character ([0-9]+)")
_JOINERS = "\u200c\u200d"


def _visible(text: str) -> str:
    """Leave out what `unfit_text` names, and of the joiners only those that join nothing."""
    while found := next(filter(None, map(_FOUND_HIDDEN.search, unfit_text(text))), None):
        character, at = chr(int(found.group(1), 16)), int(found.group(2)) - 1
        text = text[:at] + text[at + 1 :] if character in _JOINERS else text.replace(character, "")
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def _checked(value: Any, of: Any) -> str:
    return str(msgspec.convert(value, of))


def _language(text: str) -> str | None:
    known = _LANGUAGES.get(text.strip().lower())
    if known:
        return known
    first, *others = text.strip().replace("_", "-").split("-")
    parts = [first.lower(), *(p.title() if len(p) == 4 else p.upper() for p in others)]
    parts[0] = _LANGUAGES.get(parts[0], parts[0])
    try:
        return _checked("-".join(parts), LanguageTag)
    except msgspec.ValidationError:
        return None
