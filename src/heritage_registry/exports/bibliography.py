"""The sources of public records for reference managers: CSL-JSON, BibTeX, RIS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from heritage_registry.citation import cite_source, csl_json
from heritage_registry.exports.layers import about, public_sources
from heritage_registry.registry import Registry
from heritage_registry.source import Source

_RIS_TYPES: Mapping[str, str] = {
    "article": "JOUR", "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS",
    "bill": "BILL", "book": "BOOK", "chapter": "CHAP", "dataset": "DATA", "entry-encyclopedia": "ENCYC",
    "graphic": "ART", "hearing": "HEAR", "legal_case": "CASE", "legislation": "STAT", "manuscript": "MANSCPT",
    "map": "MAP", "motion_picture": "MPCT", "paper-conference": "CPAPER", "personal_communication": "PCOMM",
    "post": "ELEC", "post-weblog": "BLOG", "report": "RPRT", "thesis": "THES", "webpage": "ELEC",
}  # fmt: skip
"""RIS types of the item types of CSL; all others are GEN."""


def csl_file(registry: Registry, _language: str) -> bytes:
    """Return CSL-JSON, ordered by key. The form has no place for licence or attribution."""
    return csl_json(cite_source(source) for source in public_sources(registry)).encode()


def bibtex_file(registry: Registry, language: str) -> bytes:
    """Return BibTeX, ordered by key, with title, licence and attribution in a comment."""
    head = "".join(
        f"% {name}: {' '.join(text.split())}\n" for name, text in about(registry, language).items()
    )
    return f"{head}\n{_joined(cite_source(source).bibtex for source in public_sources(registry))}".encode()


def ris_file(registry: Registry, _language: str) -> bytes:
    """Return RIS, ordered by key. The form has no place for licence or attribution."""
    import rispy

    text: str = rispy.dumps([_ris(source) for source in public_sources(registry)])
    return text.encode()


def _joined(entries: Iterator[str]) -> str:
    return "\n".join(entries)


def _ris(source: Source) -> dict[str, object]:
    year = source.issued[:4] if source.issued and source.issued[:4].isdecimal() else None
    fields: dict[str, object | None] = {
        "type_of_reference": _RIS_TYPES.get(source.type, "GEN"),
        "id": source.id,
        "title": _line(source.title or source.id),
        "authors": [
            _line(a.literal or ", ".join(p for p in (a.family, a.given) if p)) for a in source.author
        ],
        "secondary_title": _line(source.container_title),
        "publisher": _line(source.publisher),
        "year": year,
        "date": source.issued.replace("-", "/") if year and source.issued else None,
        "language": source.language,
        "doi": source.doi,
        "urls": [address] if (address := source.url or source.read_at) else None,
    }
    return {name: value for name, value in fields.items() if value}


def _line(text: str | None) -> str | None:
    return " ".join(text.split()) if text else None
