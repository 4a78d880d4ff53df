"""`heritage attach`: a file as evidence of a report, kept privately and shown only as a clean copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from msgspec.structs import replace

from heritage_registry.cli.shared import read
from heritage_registry.cli.signing import saved, signature
from heritage_registry.errors import RecordNotFound, RegistryError
from heritage_registry.registry import SITES, read_current
from heritage_registry.review import save
from heritage_registry.site import EvidenceFile, Site


@click.command()
@click.argument("site_id", metavar="SITE")
@click.argument("report_id", metavar="REPORT")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--public", is_flag=True, help="Show a copy of the picture, without anything private in it.")
@click.option("--taken", metavar="DATE", help="When it was taken, in EDTF.")
@click.option("--by", metavar="ROLE", help="Who took it, by role; never a name.")
@click.option("--caption", metavar="TEXT", help="What it shows, in English.")
@click.option("--licence", metavar="TEXT", help="Licence under which it may be shown.")
@click.option("--signed", default="", metavar="NAME", help="Pseudonym that signs the change of the record.")
@click.pass_obj
def attach(
    directory: Path, /, site_id: str, report_id: str, file: Path, public: bool, **told: str | None
) -> None:
    """Keep FILE as evidence of a REPORT (r1, r2 …) of a SITE.

    The original goes unchanged into the folder 'private' beside the registry, which is never published. With
    --public a copy of a picture is made that holds its pixels and nothing else.
    """
    registry = read(directory)
    current = read_current(directory, SITES, site_id)
    site = current.record
    if not isinstance(site, Site) or report_id not in (known := [r.id for r in site.properties.reports]):
        raise RecordNotFound(f"{site_id} has no report {report_id!r}; it has {', '.join(known) or 'none'}")
    from heritage_registry.attachments import (
        copy_path,
        private_directory_of,
        publish_attachment,
        store_attachment,
    )

    private = private_directory_of(directory)
    with file.open("rb") as stream:
        stored = store_attachment(directory, private, stream, file.name)
    caption, who = told.pop("caption"), signature(directory, told.pop("signed") or "")
    evidence = replace(stored.file, caption={"en": caption} if caption else None, **told)
    before = set((directory / "evidence").glob("*/*"))
    if public:
        evidence = publish_attachment(directory, private, evidence)
    try:
        done = save(registry, _with_file(site, report_id, evidence), current.digest, who)
    except RegistryError:
        # What no record shows is not left among the published files.
        if evidence.public_copy and (made := copy_path(directory, evidence.public_copy)) not in before:
            made.unlink()
        raise
    click.echo(f"Attached {evidence.name} to report {report_id} of {site_id}; the original is {stored.path}")
    if done.is_proposal:
        click.echo(saved(done, "Wrote"))
    for remark in _remarks(stored.look.taken, stored.look.position, told["taken"]):
        click.echo(remark, err=True)


def _with_file(site: Site, report_id: str, file: EvidenceFile) -> Site:
    reports = tuple(
        replace(report, evidence=replace(report.evidence, files=(*report.evidence.files, file)))
        if report.id == report_id
        else report
        for report in site.properties.reports
    )
    return replace(site, properties=replace(site.properties, reports=reports))


def _remarks(taken: str | None, position: tuple[float, float] | None, told: str | None) -> Iterator[str]:
    """Say what the file tells of itself, which only its writer can confirm."""
    if taken and not told:
        yield f"The file says it was taken {taken}; if that is true, add it with 'heritage edit'."
    if position:
        longitude, latitude = position
        yield f"The file says where the camera stood ({longitude}, {latitude}); the public copy does not."
