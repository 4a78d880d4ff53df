"""Citation files and addresses to sources: CSL-JSON, RIS and BibTeX, without a network.

An entry that cannot be read whole is still returned with what could be read, and every problem of every
entry is told. Who speaks in a source (kind, affiliation, party) no citation file knows: its writer says it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice

from heritage_registry.references.alike import Likeness, normalised_address, same_source
from heritage_registry.references.bibtex import read_bibtex
from heritage_registry.references.csl import read_csl
from heritage_registry.references.draft import (
    SourceDraft,
    UnreadableReferences,
    completed,
    source_from_address,
    suggest_key,
)
from heritage_registry.references.entry import Entry
from heritage_registry.references.ris import read_ris

__all__ = [
    "FORMS",
    "MAX_BYTES",
    "MAX_ENTRIES",
    "Entry",
    "Likeness",
    "SourceDraft",
    "UnreadableReferences",
    "completed",
    "normalised_address",
    "read_references",
    "same_source",
    "source_from_address",
    "suggest_key",
]

MAX_BYTES = 2_000_000
MAX_ENTRIES = 2_000

Reader = Callable[[str, Collection[str]], Iterator[Entry]]
FORMS: Mapping[str, Reader] = {"csl-json": read_csl, "ris": read_ris, "bibtex": read_bibtex}
"""The forms read here; what reads each gets the text and the keys that are taken."""


def read_references(raw: bytes, form: str, taken: Collection[str] = ()) -> list[Entry]:
    """Read a citation file of one of `FORMS` and return its entries in their order.

    `taken` are the keys of the registry's sources; no suggested key is one of them or is suggested twice.
    Raises `UnreadableReferences` for a file from which nothing can be read.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableReferences(f"is larger than {MAX_BYTES:,} bytes; export the sources in several files")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"line {line}: byte {raw[error.start]:#04x} is not UTF-8; export the file as UTF-8"
        raise UnreadableReferences(message) from error
    entries = list(islice(FORMS[form](text, taken), MAX_ENTRIES + 1))
    if not entries:
        raise UnreadableReferences(f"holds no entry of the form {form}; look whether it is another form")
    if len(entries) > MAX_ENTRIES:
        message = f"holds more than {MAX_ENTRIES:,} entries; export the sources in several files"
        raise UnreadableReferences(message)
    return entries
