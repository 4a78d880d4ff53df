"""Files of evidence: taken in unchanged, kept private, shown only as clean copies, refused in plain words."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from conftest import heritage, report, site_feature, write
from heritage_registry.attachments import (
    Limits,
    Stored,
    UnfitFile,
    copy_path,
    fixity_problems,
    original_path,
    private_directory_of,
    publish_attachment,
    put_in_place,
    read_copy,
    safe_name,
    store_attachment,
)
from heritage_registry.form import decode, encode, unfit_text
from heritage_registry.site import Evidence
from hostile import (
    HOSTILE,
    NAMES_OF_FILES,
    OWNER,
    PLACE,
    SERIAL,
    exif,
    pdf,
    photo,
    scene,
    tiff_that_points_at_itself,
)

PICTURES = ("JPEG", "PNG", "WEBP", "TIFF")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The registry's folder and the private folder beside it."""
    registry = tmp_path / "sites"
    registry.mkdir()
    return registry, private_directory_of(registry)


def taken_in(folders: tuple[Path, Path], raw: bytes, name: str = "gate.jpg", **limits: int) -> Stored:
    return store_attachment(*folders, io.BytesIO(raw), name, Limits(**limits))


def files_below(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("**/*") if path.is_file())


@pytest.mark.parametrize("form", PICTURES)
def test_an_original_is_kept_unchanged_under_its_digest(folders: tuple[Path, Path], form: str) -> None:
    raw = photo(form)
    stored = taken_in(folders, raw)
    assert stored.path.read_bytes() == raw
    assert stored.file.sha256 == stored.path.stem == hashlib.sha256(raw).hexdigest()
    assert stored.path.parent == folders[1] / "evidence" / stored.path.stem[:2]
    assert (stored.file.bytes, stored.file.public) == (len(raw), False)
    assert stored.path == original_path(folders[1], stored.file)


def test_handing_a_file_in_publishes_nothing(folders: tuple[Path, Path]) -> None:
    taken_in(folders, photo())
    assert files_below(folders[0]) == []


def test_the_same_bytes_are_kept_once(folders: tuple[Path, Path]) -> None:
    one, other = taken_in(folders, photo(), "a.jpg"), taken_in(folders, photo(), "b.jpg")
    assert one.path == other.path
    assert files_below(folders[1]) == [one.path]


def test_what_a_file_is_follows_from_its_bytes_and_not_its_name(folders: tuple[Path, Path]) -> None:
    file = taken_in(folders, photo("PNG"), "gate.jpg").file
    assert (file.name, file.media_type) == ("gate.png", "image/png")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_day_and_place_of_the_camera_are_proposed_and_not_recorded(
    folders: tuple[Path, Path], form: str
) -> None:
    stored = taken_in(folders, photo(form))
    assert stored.look.taken == "2021-03-14"
    assert stored.look.position == PLACE
    assert stored.file.taken is None
    assert str(PLACE[0]).encode() not in msgspec.json.encode(stored.file)


def test_a_place_south_and_west_has_negative_degrees(folders: tuple[Path, Path]) -> None:
    assert taken_in(folders, photo(place=(-70.25, -33.5))).look.position == (-70.25, -33.5)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2021:02:30 00:00:00", "    ", "soon", None])
def test_a_clock_that_was_never_set_proposes_no_day(folders: tuple[Path, Path], taken: str | None) -> None:
    assert taken_in(folders, photo(taken=taken)).look.taken is None


def test_a_camera_without_reception_proposes_no_place(folders: tuple[Path, Path]) -> None:
    assert taken_in(folders, photo(place=(0.0, 0.0))).look.position is None


@pytest.mark.parametrize("form", PICTURES)
def test_a_public_copy_holds_pixels_and_nothing_private(folders: tuple[Path, Path], form: str) -> None:
    raw = photo(form)
    assert OWNER.encode() in raw
    stored = taken_in(folders, raw)
    public = publish_attachment(*folders, stored.file)
    assert public.public
    assert public.public_copy is not None
    path = copy_path(folders[0], public.public_copy)
    copied = path.read_bytes()
    for private in (OWNER, SERIAL, "xmpmeta", "2021:03:14", "Exif", stored.file.sha256):
        assert private.encode() not in copied
    with Image.open(path) as picture:
        assert dict(picture.getexif()) == {}
        assert not picture.info.keys() & {"exif", "xmp", "comment", "icc_profile", "Author", "photoshop"}
    assert stored.path.read_bytes() == raw
    assert path.stem == hashlib.sha256(copied).hexdigest()
    assert files_below(folders[0]) == [path]


def test_a_copy_is_the_same_every_time(folders: tuple[Path, Path]) -> None:
    file = taken_in(folders, photo()).file
    assert publish_attachment(*folders, file) == publish_attachment(*folders, file)


def test_a_picture_held_upright_stays_upright_in_its_copy(folders: tuple[Path, Path]) -> None:
    file = taken_in(folders, photo(orientation=6)).file
    copy = publish_attachment(*folders, file).public_copy
    assert copy is not None
    assert (copy.width, copy.height) == (200, 320)
    with Image.open(copy_path(folders[0], copy)) as picture:
        pixel = picture.convert("RGB").getpixel((195, 5))
    assert isinstance(pixel, tuple)
    red, green, _ = pixel
    assert red > 200, "the red corner is at the upper right"
    assert green < 90


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_pictures_of_every_depth_have_a_copy(folders: tuple[Path, Path], mode: str) -> None:
    out = io.BytesIO()
    picture = scene(mode="F") if mode == "I;16" else scene(mode=mode)
    (picture.convert("I;16") if mode == "I;16" else picture).save(out, "TIFF")
    copy = publish_attachment(*folders, taken_in(folders, out.getvalue()).file).public_copy
    assert copy is not None
    with Image.open(copy_path(folders[0], copy)) as made:
        halves = made.convert("L").resize((2, 1), Image.Resampling.BOX)
    dark, light = halves.getpixel((0, 0)), halves.getpixel((1, 0))
    assert isinstance(dark, int | float)
    assert isinstance(light, int | float)
    assert dark < light


def test_a_colour_profile_is_applied_and_not_kept(folders: tuple[Path, Path]) -> None:
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    scene().save(out, "JPEG", icc_profile=profile)
    copy = publish_attachment(*folders, taken_in(folders, out.getvalue()).file).public_copy
    assert copy is not None
    assert b"ICC_PROFILE" not in copy_path(folders[0], copy).read_bytes()


def test_a_damaged_colour_profile_hinders_no_copy(folders: tuple[Path, Path]) -> None:
    out = io.BytesIO()
    scene().save(out, "JPEG", icc_profile=b"no profile at all" * 20)
    assert publish_attachment(*folders, taken_in(folders, out.getvalue()).file).public_copy


def test_damaged_notes_of_a_camera_hinder_no_picture(folders: tuple[Path, Path]) -> None:
    raw = exif().tobytes()
    for cut in range(10, len(raw), 23):
        out = io.BytesIO()
        scene(32, 20).save(out, "JPEG", exif=raw[:cut] + b"\xff" * 40)
        assert taken_in(folders, out.getvalue()).look.width == 32


def test_a_large_picture_is_shown_smaller(folders: tuple[Path, Path]) -> None:
    file = taken_in(folders, photo()).file
    copy = publish_attachment(*folders, file, Limits(copy_side=80)).public_copy
    assert copy is not None
    assert (copy.width, copy.height) == (80, 50)


def test_of_several_pages_the_copy_shows_the_first_and_says_so(folders: tuple[Path, Path]) -> None:
    out = io.BytesIO()
    scene().save(out, "TIFF", save_all=True, append_images=[scene(), scene()])
    stored = taken_in(folders, out.getvalue())
    assert stored.look.pages == 3
    assert stored.look.remarks == ("holds 3 pages or frames; a public copy shows the first",)
    with pytest.raises(UnfitFile, match="has 3 pages, more than the 2 that are taken"):
        taken_in(folders, out.getvalue(), pages=2)


def test_pages_in_a_circle_end(folders: tuple[Path, Path]) -> None:
    assert taken_in(folders, tiff_that_points_at_itself()).look.pages == 1


def test_a_pdf_and_a_text_are_kept_and_never_shown(folders: tuple[Path, Path]) -> None:
    document = taken_in(folders, pdf(pages=3), "Акт 12.pdf")
    assert (document.file.name, document.look.pages) == ("Акт 12.pdf", 3)
    text = taken_in(folders, "Տեսա դարպասը։\nمی‌شود\n".encode(), "notes")
    assert (text.file.name, text.file.media_type) == ("notes.txt", "text/plain")
    for stored in (document, text):
        assert not stored.look.can_be_public
        with pytest.raises(UnfitFile, match="is no picture, so that it has no public copy"):
            publish_attachment(*folders, stored.file)
    assert files_below(folders[0]) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_quickly_and_leaves_nothing(folders: tuple[Path, Path], kind: str) -> None:
    name, make, words = HOSTILE[kind]
    raw = make()
    began = time.perf_counter()
    with pytest.raises(UnfitFile) as refused:
        taken_in(folders, raw, name)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert files_below(folders[0].parent) == []
    assert time.perf_counter() - began < 3, "a second on a quiet machine"


def test_a_file_that_takes_too_long_is_given_up(folders: tuple[Path, Path]) -> None:
    with pytest.raises(UnfitFile, match="within the limits of time and memory"):
        store_attachment(*folders, io.BytesIO(photo()), "gate.jpg", Limits(seconds=0.01))
    assert files_below(folders[1]) == []


def test_a_file_that_takes_too_much_memory_is_refused(folders: tuple[Path, Path]) -> None:
    out = io.BytesIO()
    Image.new("RGB", (7_000, 7_000)).save(out, "PNG")
    with pytest.raises(UnfitFile):
        taken_in(folders, out.getvalue(), memory=180_000_000)


def test_a_stream_without_end_is_left_at_the_limit(folders: tuple[Path, Path]) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"\xff\xd8\xff" + bytes(size - 3)

    stream = Endless()
    with pytest.raises(UnfitFile, match="larger than the 3,000,000 bytes"):
        store_attachment(*folders, stream, "a.jpg", Limits(bytes=3_000_000))  # type: ignore[arg-type]
    assert stream.given < 6_000_000
    assert files_below(folders[1]) == []


def test_a_private_folder_among_the_published_ones_is_refused(folders: tuple[Path, Path]) -> None:
    inside = folders[0] / "private"
    with pytest.raises(UnfitFile, match="inside the registry's folder, where all is published"):
        store_attachment(folders[0], inside, io.BytesIO(photo()), "a.jpg")
    assert not inside.exists()


def test_a_changed_or_missing_original_has_no_copy(folders: tuple[Path, Path]) -> None:
    stored = taken_in(folders, photo())
    stored.path.write_bytes(photo("PNG"))
    with pytest.raises(UnfitFile, match="is not what was handed in; restore it"):
        publish_attachment(*folders, stored.file)
    stored.path.unlink()
    with pytest.raises(UnfitFile, match="is not in the private folder"):
        publish_attachment(*folders, stored.file)


def test_every_changed_missing_or_unclaimed_file_is_found(folders: tuple[Path, Path]) -> None:
    stored = taken_in(folders, photo())
    file = publish_attachment(*folders, stored.file)
    assert file.public_copy is not None
    assert list(fixity_problems(folders[0], [file], folders[1])) == []
    copy = copy_path(folders[0], file.public_copy)
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2] ^= 1
    copy.write_bytes(raw)
    stored.path.unlink()
    found = [problem.message for problem in fixity_problems(folders[0], [file], folders[1])]
    assert found == [
        "is not what it was when it was taken in; restore it from a backup",
        "is missing; restore it from a backup",
    ]
    withdrawn = msgspec.structs.replace(file, public=False)
    (left,) = fixity_problems(folders[0], [withdrawn])
    assert str(left).endswith("is shown by no report; take it out of the published folder")


def test_a_report_keeps_its_files(folders: tuple[Path, Path]) -> None:
    file = publish_attachment(*folders, taken_in(folders, photo()).file)
    evidence = Evidence(type="ground_photo", files=(file,))
    assert decode(encode(evidence), Evidence, "evidence") == evidence


@pytest.mark.parametrize("declared", NAMES_OF_FILES)
def test_a_name_leads_nowhere(declared: str) -> None:
    check_name(safe_name(declared, "image/jpeg"))


@given(st.text(max_size=200))
def test_any_name_becomes_one_that_can_be_shown(declared: str) -> None:
    name = safe_name(declared, "image/jpeg")
    check_name(name)
    assert safe_name(name, "image/jpeg") == name


def check_name(name: str) -> None:
    assert name.endswith(".jpg")
    assert len(name) <= 84
    assert not set(name) & set("/\\:\0\n<>\"'$%")
    assert not name.startswith((".", "-", "~/", " "))
    assert name.removesuffix(".jpg").casefold() not in {"con", "nul"}
    assert unfit_text(name) == []


def test_what_was_rubbed_out_of_a_picture_is_not_in_its_copy(folders: tuple[Path, Path]) -> None:
    picture = scene(mode="RGBA")
    picture.putalpha(0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    file = publish_attachment(*folders, taken_in(folders, out.getvalue()).file)
    assert file.public_copy is not None
    with Image.open(copy_path(folders[0], file.public_copy)) as shown:
        assert shown.mode == "RGB"
        assert shown.getcolors() == [(320 * 200, (255, 255, 255))]


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_a_scan_of_few_bits_in_sixteen_is_not_black(folders: tuple[Path, Path], bits: int) -> None:
    picture = Image.frombytes("I;16", (2, 2), struct.pack("<4H", 0, 1, 2**bits // 2, 2**bits - 1))
    out = io.BytesIO()
    picture.save(out, "TIFF")
    file = publish_attachment(*folders, taken_in(folders, out.getvalue()).file)
    assert file.public_copy is not None
    with Image.open(copy_path(folders[0], file.public_copy)) as shown:
        assert shown.getpixel((1, 1)) > 240  # type: ignore[operator]


def test_what_lies_in_place_of_a_copy_is_not_read_as_one(folders: tuple[Path, Path]) -> None:
    file = publish_attachment(*folders, taken_in(folders, photo()).file)
    assert file.public_copy is not None
    path = copy_path(folders[0], file.public_copy)
    assert read_copy(folders[0], file.public_copy) == path.read_bytes()
    path.write_bytes(photo())
    with pytest.raises(UnfitFile, match="is not what it was when it was made; restore it"):
        read_copy(folders[0], file.public_copy)
    path.unlink()
    path.symlink_to(original_path(folders[1], file))
    with pytest.raises(UnfitFile, match="is missing; restore it"):
        read_copy(folders[0], file.public_copy)
    (problem,) = fixity_problems(folders[0], [file])
    assert "is missing" in problem.message


def test_originals_lie_where_their_owner_alone_looks(folders: tuple[Path, Path]) -> None:
    taken_in(folders, photo())
    assert stat.S_IMODE((folders[1] / "evidence").stat().st_mode) == 0o700


def test_a_file_is_put_in_place_once_and_only_whole(folders: tuple[Path, Path], tmp_path: Path) -> None:
    stored = taken_in(folders, photo())
    target = original_path(tmp_path / "other", stored.file)
    assert put_in_place(stored.path, target, stored.file.sha256)
    assert not put_in_place(stored.path, target, stored.file.sha256)
    target.write_bytes(b"damaged")
    assert not put_in_place(stored.path, target, stored.file.sha256), "it was there, and is whole again"
    assert target.read_bytes() == photo()
    stored.path.write_bytes(b"changed")
    target.unlink()
    with pytest.raises(UnfitFile, match="hand it in again"):
        put_in_place(stored.path, target, stored.file.sha256)
    assert files_below(tmp_path / "other") == []


def test_a_picture_of_a_withheld_place_is_not_shown_from_the_command_line(registry: Path) -> None:
    hidden = {"sensitivity": "withheld", "sensitivity_reason": "graves", "locations": []}
    write(registry, "site", site_feature(reports=[report()], **hidden))  # type: ignore[arg-type]
    picture = registry.parent / "gate.jpg"
    picture.write_bytes(photo())
    done = heritage(registry, "attach", "k7m2q9x4", "r1", str(picture), "--public")
    assert done.exit_code == 1
    assert "a picture shows the place" in done.output
    assert [path for path in files_below(registry) if "evidence" in path.parts] == []
