"""PDFs and pictures made to do harm: the process that reads them is bounded, and what it meets is one clear line."""

from __future__ import annotations

import zlib

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from sources import SourceError, read_source
from sources.readers.pdf import pages as pdf_pages

PDF = "reader: pdf\nfields: {full_name: name}"


def raw(path, content=b"", *, pages=b"[3 0 R]", count=1, more=b"", page=b"", stream=None):
    """Write a PDF by hand: one page, whose content and tree can be wrong in any way."""
    data = zlib.compress(content) if stream is None else stream
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % more,
        b"<< /Type /Pages /Kids %s /Count %d >>" % (pages, count),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R %s" % page
        + b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start
    path.write_bytes(out)
    return path


def refused(describe, path):
    with pytest.raises(SourceError) as caught:
        list(read_source(describe(PDF), path))
    message = str(caught.value)
    assert message.startswith(path.name) and "\n" not in message
    return message


@pytest.mark.parametrize("tail", [b"", b"-1.7\n", b"-1.7\n" + b"\xff" * 5_000, b"-1.7\n" + b"1 0 obj\n" * 20_000])
def test_rubbish_behind_the_first_bytes(describe, tmp_path, tail):
    (tmp_path / "list.pdf").write_bytes(b"%PDF" + tail)
    assert "damaged" in refused(describe, tmp_path / "list.pdf")


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_cut_short(describe, tmp_path, share):
    path = raw(tmp_path / "list.pdf", b"BT /F 12 Tf 50 700 Td (name) Tj ET")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert refused(describe, path)


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("a tree of pages that bites its tail", {"pages": b"[2 0 R]"}),
        ("a count of pages that lies", {"count": 2_000_000_000}),
        ("a page that is its own content", {"page": b"/Contents 3 0 R"}),
        ("arrays without end", {"more": b"/Names " + b"[" * 50_000}),
        ("a stream that is no stream", {"stream": b"\x78\x9c" + b"\xff" * 200}),
    ],
)
def test_malformed(describe, tmp_path, what, options):
    assert refused(describe, raw(tmp_path / "list.pdf", **options)), what


def test_a_stream_that_unpacks_to_gigabytes(outcome, tmp_path):
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(bytes(64 << 20)) for _ in range(36)) + packer.flush()
    path = raw(tmp_path / "list.pdf", stream=stream)
    assert path.stat().st_size < 5 << 20
    assert outcome(PDF, path, seconds=100, megabytes=300).error


def test_a_page_of_letters_without_end(describe, tmp_path):
    text = b"BT /F 1 Tf 50 700 Td " + b"(" + b"A" * 120_000 + b") Tj ET"
    message = refused(describe, raw(tmp_path / "list.pdf", text))
    assert "100,000 characters" in message


def test_a_page_that_takes_too_long(describe, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_pages, "PAGE_SECONDS", 0.05)
    assert "seconds to read" in refused(describe, raw(tmp_path / "list.pdf", b"BT /F 12 Tf (name) Tj ET"))


def test_a_file_with_a_password(describe, tmp_path):
    canvas = Canvas(str(tmp_path / "list.pdf"), encrypt=StandardEncryption("secret"))
    canvas.drawString(50, 700, "name")
    canvas.save()
    assert "protected by a password" in refused(describe, tmp_path / "list.pdf")


def test_actions_are_not_run(describe, tmp_path):
    mark = tmp_path / "ran"
    action = f"/OpenAction << /S /Launch /F (touch {mark}) >>".encode()
    assert "no table" in refused(describe, raw(tmp_path / "list.pdf", b"BT /F 12 Tf (name) Tj ET", more=action))
    assert not mark.exists()


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n" + bytes(200), b"\xff\xd8\xff" + b"\xff" * 300, b"II*\x00" + b"\x08\0\0\0" * 50]
)
def test_pictures_that_are_none(describe, tmp_path, monkeypatch, data):
    monkeypatch.setattr(pdf_pages.ocr, "require", lambda *_: None)
    (tmp_path / "scan.png").write_bytes(data)
    assert "damaged" in refused(describe, tmp_path / "scan.png")
