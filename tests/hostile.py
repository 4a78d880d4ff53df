"""Files that do harm or look like something else, made anew for each test; nothing of them is on the disk.

`HOSTILE` holds those that are refused as evidence, each with words of the message that says why.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from PIL import ExifTags, Image, ImageDraw, PngImagePlugin

SCRIPT = "<script>document.title='run'</script>"
OWNER = "Owner Whose Name Is Private"
SERIAL = "SN-20488211"
PLACE = (46.7512, 39.7581)


def scene(width: int = 320, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Draw a picture with a left half darker than the right, and a corner mark at the upper left."""
    picture = Image.new("RGB", (width, height), (200, 180, 150))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 2, height), fill=(90, 80, 70))
    draw.rectangle((0, 0, width // 8, height // 8), fill=(255, 0, 0))
    return picture.convert(mode)


def exif(
    taken: str | None = "2021:03:14 15:09:26",
    place: tuple[float, float] | None = PLACE,
    orientation: int = 1,
    description: str = "a gate",
) -> Image.Exif:
    """Return what a camera notes: the day, the place, and things that tell who owns it."""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = orientation
    notes[ExifTags.Base.ImageDescription] = description
    notes[ExifTags.Base.Artist] = OWNER
    inner = notes.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.BodySerialNumber] = SERIAL
    inner[ExifTags.Base.CameraOwnerName] = OWNER
    if taken:
        inner[ExifTags.Base.DateTimeOriginal] = taken
    if place:
        gps = notes.get_ifd(ExifTags.IFD.GPSInfo)
        longitude, latitude = place
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if longitude >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = _sexagesimal(abs(longitude))
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if latitude >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = _sexagesimal(abs(latitude))
    return notes


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(round(degrees * 3600, 4), 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, seconds


def photo(form: str = "JPEG", **notes: object) -> bytes:
    """Return a picture as a camera writes it, with private notes in every place the form has for them."""
    out = io.BytesIO()
    options: dict[str, object] = {"exif": exif(**notes)}  # type: ignore[arg-type]
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><creator>{OWNER}</creator></x:xmpmeta>".encode()
    match form:
        case "JPEG":
            options |= {"comment": OWNER.encode(), "xmp": xmp, "quality": 90}
        case "PNG":
            text = PngImagePlugin.PngInfo()
            text.add_text("Author", OWNER)
            text.add_itxt("XML:com.adobe.xmp", xmp.decode())
            options["pnginfo"] = text
        case "WEBP":
            options |= {"xmp": xmp, "lossless": True}
        case "TIFF":
            options |= {"description": OWNER, "artist": OWNER, "software": SERIAL}
    scene().save(out, form, **options)
    return out.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG with its check sum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of_size(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a small PNG that says it is of a size, grey, with the rows given as its data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def pixel_bomb() -> bytes:
    """Return a PNG of a few kilobytes that would fill gigabytes of memory."""
    return png_of_size(30_000, 30_000, bytes(1_000_000))


def text_bomb() -> bytes:
    """Return a PNG whose remarks unpack to far more than the picture."""
    text = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    picture = png_of_size(8, 8, bytes(72))
    return picture[:33] + png_chunk(b"zTXt", text) + picture[33:]


def zip_archive(name: str = "site.txt", content: bytes = b"a file\n") -> bytes:
    """Return a ZIP archive with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def zip_bomb(size: int = 100_000_000) -> bytes:
    """Return a small archive of one large file of zeros."""
    return zip_archive("zeros", bytes(size))


def pdf(extra: str = "", pages: int = 1) -> bytes:
    """Return a PDF with empty pages; `extra` goes into its catalogue."""
    kids = " ".join(f"{n + 3} 0 R" for n in range(pages))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        *["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages,
    ]
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def svg(script: str = SCRIPT) -> bytes:
    """Return a drawing that runs a script."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{script}</svg>'.encode()


def html(script: str = SCRIPT) -> bytes:
    """Return a web page that runs a script."""
    return f"<!doctype html>\n<html><head><title>x</title>{script}</head></html>".encode()


def tiff_that_points_at_itself() -> bytes:
    """Return a TIFF whose list of pages is a circle."""
    ones = [(tag, 4, 1) for tag in (256, 257, 278, 279)]
    entries = sorted([*ones, (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8)])
    body = struct.pack("<H", len(entries))
    body += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<I", 8) + body + struct.pack("<I", 8)


def _jpeg_and_zip() -> bytes:
    return photo() + zip_archive()


def _jpeg_with_a_page_in_its_comment() -> bytes:
    out = io.BytesIO()
    scene().save(out, "JPEG", comment=html())
    return out.getvalue()


def _jpeg_that_is_a_pdf() -> bytes:
    out = io.BytesIO()
    scene().save(out, "JPEG", comment=pdf())
    return out.getvalue()


HOSTILE: Mapping[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing": ("empty.jpg", bytes, "the file is empty"),
    "a web page called a picture": ("church.jpg", html, "web page or drawing that can run a script"),
    "a drawing with a script": ("plan.svg", svg, "web page or drawing that can run a script"),
    "XML called a text": ("a.txt", lambda: b"\xef\xbb\xbf <?xml version='1.0'?><x/>", "web page or drawing"),
    "a text with a script in it": ("a.txt", lambda: b"hello\n" + SCRIPT.encode(), "parts of a web page"),
    "a ZIP called a PDF": ("report.pdf", zip_archive, "a ZIP archive or an office document"),
    "a bomb called a picture": ("gate.png", zip_bomb, "a ZIP archive or an office document"),
    "a picture that is a ZIP too": ("gate.jpg", _jpeg_and_zip, "a ZIP archive besides"),
    "a PDF that is a ZIP too": ("report.pdf", lambda: pdf() + zip_archive(), "a ZIP archive besides"),
    "a picture that is a page too": ("gate.jpg", _jpeg_with_a_page_in_its_comment, "parts of a web page"),
    "a picture that is a PDF too": ("gate.jpg", _jpeg_that_is_a_pdf, "a PDF besides"),
    "a script in the camera's notes": ("gate.jpg", lambda: photo(description=SCRIPT), "parts of a web page"),
    "a picture of too many pixels": ("gate.png", pixel_bomb, "30,000 by 30,000 pixels"),
    "a picture of impossible size": ("a.png", lambda: png_of_size(2**31 - 1, 2**31 - 1), "pixels, more"),
    "a picture without size": ("gate.png", lambda: png_of_size(0, 9), "damaged or breaks off"),
    "remarks that unpack without end": ("gate.png", text_bomb, "damaged or breaks off"),
    "half a JPEG": ("gate.jpg", lambda: photo()[:-900], "damaged or breaks off"),
    "half a PNG": ("gate.png", lambda: photo("PNG")[:-300], "damaged or breaks off"),
    "the beginning of a JPEG": ("gate.jpg", lambda: photo()[:20], "damaged or breaks off"),
    "half a WebP": ("gate.webp", lambda: photo("WEBP")[:-200], "damaged or breaks off"),
    "half a PDF": ("report.pdf", lambda: pdf()[:-30], "breaks off before its end"),
    "a PDF with a script": ("a.pdf", lambda: pdf("/OpenAction << /S /JavaScript /JS (x) >>"), "(JavaScript)"),
    "a PDF with a veiled script": ("a.pdf", lambda: pdf("/AA << /S /J#61vaScript >>"), "(JavaScript)"),
    "a PDF that starts a program": ("a.pdf", lambda: pdf("/OpenAction << /S /Launch /F (x) >>"), "(Launch)"),
    "a PDF of too many pages": ("a.pdf", lambda: pdf().replace(b"/Count 1", b"/Count 9999"), "9,999 pages"),
    "a program": ("gate.jpg", lambda: b"MZ\x90\0\3\0\0\0" + bytes(500), "a program"),
    "a HEIC picture": ("gate.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(200), "a HEIC picture"),
    "a video": ("gate.jpg", lambda: b"\0\0\0\x18ftypisom" + bytes(200), "a video or sound"),
    "a GIF": ("gate.gif", lambda: b"GIF89a" + bytes(50), "save it as PNG"),
    "noise": ("gate.jpg", lambda: bytes(range(256)) * 20, "a file of an unknown kind"),
    "a text that is not UTF-8": ("a.txt", lambda: "ok\nŞuşa".encode("cp1254"), "line 2 of this text"),
    "a text in UTF-16": ("a.txt", lambda: "Şuşa".encode("utf-16"), "a text in UTF-16"),
}  # fmt: skip

DEEP_BIBTEX = b"@misc{a, title = {" + b"{" * 50_000 + b"x" + b"}" * 50_000 + b"}}\n"
DEEP_JSON = b"[" * 100_000
NAMES_OF_FILES = (
    "../../etc/passwd", "..\\..\\windows\\x.jpg", "/etc/shadow", "C:\\x\\y.jpg", "con.jpg", "nul",
    ".htaccess",
    "a\0b.jpg", "gate\u202egpj.exe", "x" * 5_000 + ".jpg", "", ".", "..", "   .jpg", "a\nb.jpg", "<b>.jpg",
    "'; drop table.jpg", "e\u0301.jpg", "\ud800.jpg", "gate.jpg.exe", "-rf.jpg", "~/x", "$(x).jpg",
    "%2e%2e%2fx.jpg",
)  # fmt: skip
"""Names that lead out of a folder, hide an ending or are no names on some system."""
