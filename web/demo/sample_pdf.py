"""Documents of the demo: a PDF of one page made from a title and lines, so that no binary file is shipped."""

from __future__ import annotations

#: Size of A4 portrait, points.
PAGE_SIZE = (595, 842)
#: Position of the first line, and distance of the others below it, points.
LEFT, TOP, LEADING = 72, 770, 22


def pdf(title: str, lines: tuple[str, ...]) -> bytes:
    """A PDF 1.4 of one page in Helvetica; a character outside Windows-1252 becomes a question mark."""
    shown = "\n".join(f"({_escaped(line)}) Tj T*" for line in (title, "", *lines))
    page = f"BT /F 12 Tf {LEADING} TL {LEFT} {TOP} Td\n{shown}\nET".encode("cp1252", "replace")
    return _file(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
        % PAGE_SIZE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(*objects: bytes) -> bytes:
    """The objects, followed by the table of their offsets."""
    content, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return content + b"xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(content),
    )
