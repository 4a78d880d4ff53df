"""The whole registry as everybody may see it, in one ZIP: every record file, tables, and what describes them.

It is an RO-Crate 1.1 (`ro-crate-metadata.json`) and a Frictionless data package (`datapackage.json`). The
records lie in it as in a registry's own folder, with the public pictures: `heritage --registry FOLDER check`
reads it after unpacking, and nothing of the public view is lost.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from heritage_registry.attachments import copy_path
from heritage_registry.config import Publishing, RegistryConfig
from heritage_registry.errors import RegistryError
from heritage_registry.exports.csv import as_text
from heritage_registry.exports.layers import (
    CLAIM_COLUMNS,
    REPORT_COLUMNS,
    SOURCE_COLUMNS,
    about,
    public_layers,
    public_sources,
)
from heritage_registry.form import encode
from heritage_registry.public import public_claims, public_view
from heritage_registry.registry import CLAIMS, SITES, SOURCES, Registry
from heritage_registry.site import Site

_CREATED = (1980, 1, 1, 0, 0, 0)
"""A ZIP's first day: a clock would make every file another one."""
_NO_LOG = "# The registry itself asks for '{rule}'. Its log of reviews is not public and not here.\n"

_CRATE_FILE = "ro-crate-metadata.json"
_CRATE_CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def package_file(registry: Registry, language: str) -> bytes:
    """Return the ZIP."""
    files = dict(_records(registry)) | dict(_tables(registry, language))
    facts = about(registry, language)
    files["datapackage.json"] = _json(_data_package(facts, language))
    files[_CRATE_FILE] = _json(_crate(facts, files))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda name: (name != _CRATE_FILE, name)):
            entry = zipfile.ZipInfo(name, _CREATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return out.getvalue()


def _records(registry: Registry) -> Iterator[tuple[str, bytes]]:
    groups = (
        (SITES, public_view(registry.sites.values())),
        (SOURCES, public_sources(registry)),
        (CLAIMS, public_claims(registry.claims.values())),
    )
    for kind, records in groups:
        for record in records:
            yield f"{kind.folder}/{record.id}{kind.suffix}", encode(record)
            if isinstance(record, Site):
                yield from _pictures(registry, record)
    yield "registry.toml", _settings(registry.config).encode()


def _pictures(registry: Registry, site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield the copies of pictures that everybody may see; what the private folder holds is in no export."""
    for report in site.properties.reports:
        for file in report.evidence.files:
            if file.public and file.public_copy:
                path = copy_path(registry.directory, file.public_copy)
                if not path.is_file():
                    raise RegistryError(
                        f"{path.name}, a picture of {site.id}, is missing: run 'heritage check'"
                    )
                yield path.relative_to(registry.directory).as_posix(), path.read_bytes()


def _settings(config: RegistryConfig) -> str:
    """Return registry.toml with the rule that a copy without a log of reviews can keep."""
    comment = _NO_LOG.format(rule=config.publishing.rule) if config.publishing.rule != "anyone" else ""
    told = msgspec.to_builtins(replace(config, publishing=Publishing(rule="anyone")))
    return comment + "".join(f"{name} = {_toml(value)}\n" for name, value in told.items())


def _toml(value: Any) -> str:
    """Write a value as TOML; its basic strings are those of JSON but for one sign."""
    if isinstance(value, dict):
        pairs = (f"{_toml(name)} = {_toml(part)}" for name, part in value.items() if part is not None)
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list | tuple):
        parts = "".join(f"\n  {_toml(part)}," for part in value)
        return f"[{parts}\n]" if parts else "[]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


_TABLES: Mapping[str, Mapping[str, str]] = {
    "reports": REPORT_COLUMNS, "sources": SOURCE_COLUMNS, "claims": CLAIM_COLUMNS,
}  # fmt: skip


def _tables(registry: Registry, language: str) -> Iterator[tuple[str, bytes]]:
    layers = public_layers(registry, language)
    for name, columns in _TABLES.items():
        rows: Sequence[Mapping[str, Any]] = getattr(layers, name)
        yield f"tables/{name}.csv", _csv(columns, rows)


def _csv(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(as_text(row[name] or "") for name in columns)
    return out.getvalue().encode()


def _data_package(facts: Mapping[str, str], language: str) -> dict[str, Any]:
    resources = [
        {
            "name": name,
            "path": f"tables/{name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "profile": "tabular-data-resource",
            "schema": {
                "fields": [
                    {"name": column, "type": "string", "description": text}
                    for column, text in columns.items()
                ]
            },
        }
        for name, columns in _TABLES.items()
    ]
    return {
        "profile": "tabular-data-package",
        "name": "heritage-registry",
        "title": facts["title"],
        "description": facts["summary"],
        "version": facts["digest"],
        "language": language,
        "licenses": [{"name": facts["licence"]}],
        "contributors": [{"title": facts["attribution"], "role": "publisher"}],
        "resources": resources,
    }


def _crate(facts: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, Any]:
    parts = [name for name in sorted(files) if name != _CRATE_FILE]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": facts["title"],
        "description": facts["summary"],
        "license": {"@id": f"https://spdx.org/licenses/{facts['licence']}"},
        "creditText": facts["attribution"],
        "version": facts["digest"],
        "hasPart": [{"@id": name} for name in parts],
    }
    about_crate = {
        "@id": _CRATE_FILE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    licence = {
        "@id": f"https://spdx.org/licenses/{facts['licence']}",
        "@type": "CreativeWork",
        "name": facts["licence"],
    }
    entries = [
        {
            "@id": name,
            "@type": "File",
            "name": name,
            "encodingFormat": _MEDIA_TYPES[name.rpartition(".")[2]],
            "contentSize": str(len(files[name])),
        }
        for name in parts
    ]
    return {"@context": _CRATE_CONTEXT, "@graph": [about_crate, root, licence, *entries]}


_MEDIA_TYPES: Mapping[str, str] = {
    "geojson": "application/geo+json", "json": "application/json", "csv": "text/csv",
    "toml": "application/toml", "jpg": "image/jpeg", "png": "image/png",
}  # fmt: skip


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
