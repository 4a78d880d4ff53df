"""BibTeX and BibLaTeX."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping

from bibtexparser import middlewares, model
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from pylatexenc.latex2text import LatexNodes2Text

from heritage_registry.references.draft import UnreadableReferences
from heritage_registry.references.entry import Entry
from heritage_registry.references.fields import Collector
from heritage_registry.source import CslName

# The library also says to the log what its blocks say.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

_TYPES: Mapping[str, str] = {
    "article": "article-journal", "artwork": "graphic", "bibnote": "document", "book": "book",
    "booklet": "report", "bookinbook": "chapter", "collection": "book", "conference": "paper-conference",
    "dataset": "dataset", "electronic": "webpage", "image": "graphic", "inbook": "chapter",
    "incollection": "chapter", "inproceedings": "paper-conference", "inreference": "entry-encyclopedia",
    "jurisdiction": "legal_case", "legislation": "legislation", "letter": "personal_communication",
    "manual": "report", "mastersthesis": "thesis", "misc": "document", "movie": "motion_picture",
    "mvbook": "book", "online": "webpage", "periodical": "article-magazine", "phdthesis": "thesis",
    "proceedings": "book", "report": "report", "suppbook": "chapter", "techreport": "report",
    "thesis": "thesis", "unpublished": "manuscript", "video": "motion_picture", "www": "webpage",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ADDRESS_MARKS = re.compile(r"\\([%_&#~{}])|\\url\{|[{}]")
_MOST_BLOCKS = 20_000
"""Entries, strings and remarks that are looked through at all."""
_LONGEST = 20_000
"""Characters of a field: what undoes accents and takes names apart slows down with the square of them."""
_DEEPEST = 40
"""Braces inside braces that are still decoded: the decoder calls itself for each."""


def read_bibtex(text: str, taken: Collection[str]) -> Iterator[Entry]:
    """Yield the entries of a BibTeX file; strings are filled in, comments and preambles passed over."""
    if len(re.findall(r"@\w", text)) > _MOST_BLOCKS:
        message = f"holds more than {_MOST_BLOCKS:,} entries; export the sources in several files"
        raise UnreadableReferences(message)
    library = parse_string(text, parse_stack=[middlewares.ResolveStringReferencesMiddleware()])
    used = set(taken)
    number = 0
    for block in library.blocks:
        if not isinstance(block, model.Entry | model.ParsingFailedBlock):
            continue
        number += 1
        entry = _entry(number, block, used)
        if entry.draft:
            used.add(entry.draft.id)
        yield entry


def _entry(number: int, block: model.Block, taken: Collection[str]) -> Entry:
    line = (block.start_line or 0) + 1
    problems: list[str] = []
    if isinstance(block, model.DuplicateFieldKeyBlock):
        problems.append(f"has {', '.join(sorted(block.duplicate_keys))} more than once; the first is kept")
    elif isinstance(block, model.DuplicateBlockKeyBlock):
        problems.append(f"{block.key!r} is the key of an entry above too")
    if isinstance(block, model.ParsingFailedBlock):
        if not isinstance(block.ignore_error_block, model.Entry):
            message = "cannot be read; look for a brace or quotation mark that is not closed"
            return Entry(number, line, None, (message,))
        block = block.ignore_error_block
    assert isinstance(block, model.Entry)
    return _draft(number, line, block, problems, taken)


def _draft(number: int, line: int, block: model.Entry, problems: list[str], taken: Collection[str]) -> Entry:
    found = Collector()
    found.problems += problems
    raw: dict[str, str] = {}
    for field in block.fields:
        value = str(field.value)
        if len(value) > _LONGEST:
            message = f"is longer than {_LONGEST:,} characters; left out, write it by hand"
            found.tell(field.key.lower(), message)
            continue
        raw.setdefault(field.key.lower(), value)
    fields = {name: _enclosed(name, value, found) for name, value in raw.items()}
    found.line("title", _decoded(_first(fields, "title")), "title")
    found.authors(list(_names(_first(fields, "author", "editor"), found)))
    publisher = _first(fields, "publisher", "institution", "school", "organization")
    found.line("publisher", _decoded(publisher), "publisher")
    container = _first(fields, "journaltitle", "journal", "booktitle", "maintitle")
    found.line("journal", _decoded(container), "container_title")
    _dates(fields, found)
    found.address("url", _bare_address(_first(fields, "url", "howpublished")))
    found.doi("doi", _bare_address(fields.get("doi", "")))
    found.language("langid", _decoded(_first(fields, "langid", "language")))
    found.note("note", _decoded(fields.get("note", "")))
    draft = found.draft(_TYPES.get(block.entry_type.lower()), block.entry_type, taken)
    return Entry(number, line, draft, tuple(found.problems))


def _first(fields: Mapping[str, str], *names: str) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _enclosed(name: str, value: str, found: Collector) -> str:
    """Return a value without the braces or quotation marks around it."""
    value = value.strip()
    if len(value) >= 2 and value[0] + value[-1] in ("{}", '""'):
        return value[1:-1].strip()
    if "#" in value:
        found.tell(name, "is put together from several texts with '#'; left out, write it by hand")
        return ""
    return value


def _decoded(text: str) -> str:
    """Return text with the accents and signs that LaTeX commands stand for."""
    if not re.search(r"[\\{}$~`']", text):
        return text
    if _depth(text) > _DEEPEST:
        return re.sub(r"[{}]", "", text)
    # A percent sign would make a comment of the rest of the line.
    text = re.sub(r"(?<!\\)%", r"\\%", text)
    return str(LatexNodes2Text(math_mode="verbatim").latex_to_text(text, tolerant_parsing=True))


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest + len(re.findall(r"\\(?:begin|left|\[|\()", text))


def _bare_address(text: str) -> str | None:
    """Undo the escapes of an address, in which a percent sign or tilde stands for itself."""
    bare = _ADDRESS_MARKS.sub(lambda mark: mark.group(1) or "", text).strip()
    return bare or None


def _names(text: str, found: Collector) -> Iterator[CslName]:
    try:
        singles = split_multiple_persons_names(text) if text else []
    except InvalidNameError:
        singles = [text]
    for single in singles:
        if single.lower() == "others":
            found.tell("author", "ends in 'and others'; the names behind it are not in the file")
            continue
        name = _name(single, found)
        if name:
            yield name


def _name(text: str, found: Collector) -> CslName | None:
    """Read one name; braces around the whole make it the name of a body."""
    if text.startswith("{") and text.endswith("}") and _depth(text[1:-1]) < _DEEPEST:
        return found.name("author", None, None, _decoded(text[1:-1]))
    try:
        parts = parse_single_name_into_parts(text)
    except InvalidNameError:
        found.tell("author", "holds a name that cannot be taken apart; kept as it is")
        return found.name("author", None, None, _decoded(text))
    family = _decoded(" ".join([*parts.von, *parts.last, *parts.jr]))
    given = _decoded(" ".join(parts.first))
    return found.name("author", family, given) if given else found.name("author", None, None, family)


def _dates(fields: Mapping[str, str], found: Collector) -> None:
    if fields.get("date"):
        found.date("date", fields["date"], "issued")
    elif fields.get("year"):
        month, day = fields.get("month", ""), fields.get("day", "")
        number = month if month.isdecimal() else _month(month)
        if month and not number:
            found.tell("month", f"{month!r} is no month; left out")
        pieces = [fields["year"], *([number] if number else []), *([day] if number and day else [])]
        found.date("year", "-".join(pieces), "issued")
    if fields.get("urldate"):
        found.date("urldate", fields["urldate"], "accessed")


def _month(text: str) -> str:
    short = text.strip().lower()[:3]
    return str(_MONTHS.index(short) + 1) if short in _MONTHS else ""
