"""Takes PDFs and pictures apart in a process of its own, with bounds on memory: `python -P pdf_worker.py JOB…`.

    text PDF FIRST LAST MODE     a line of JSON for each page: its lines of words, and its ruled tables
    picture FILE PAGE OUT        page PAGE of a PDF or picture as a PNG for the reader of scans

A page has `page`, `width`, `height`, `images`, `lines` (`top`, `bottom`, `size`, `words`: [x0, x1, text]) and `tables`
(`top`, `bottom`, `rows`: per row the cells, and the cells with merged ones filled in). Lengths are in points. The last
line is `{"end": pages}` or `{"error": code}`. The project is not imported: what breaks here breaks nothing else.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

MAX_PAGES = 5_000
MAX_PAGE_CHARS = 100_000
MAX_TABLE_CELLS = 200_000
MEMORY = 2 << 30
PIXELS = 60_000_000
SCAN_DPI = 300
MAX_STRIKES = 2_000  # flat lines of a page that may strike text through
STRIKE = (0.25, 0.75)  # of the height of a letter: where a line through it runs
SLANT = 3  # degrees
SAME_LINE = 0.5  # of the height of a word


class Refused(Exception):
    """The file demands more than any list can need; the message is the code of it."""


def bound_memory() -> None:
    """Let this process have `MEMORY` bytes of addresses, where the system knows such bounds."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def pages(path: str, first: int, last: int, mode: str) -> Iterator[dict[str, Any]]:
    """Yield what stands on the pages from `first` to `last` (0: the last there is)."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        count = len(document.pages)
        if count > MAX_PAGES:
            raise Refused("pages")
        for number in range(first, min(last or count, count) + 1):
            page = document.pages[number - 1]
            if len(page.chars) > MAX_PAGE_CHARS:
                raise Refused("chars")
            page, told = cleaned(upright(page))
            words = page.extract_words(extra_attrs=["size", "struck"])
            words += fields(page)
            found = tables(page) if mode != "spaced" and words else []
            outside = [word for word in words if not any(inside(word, table["bbox"]) for table in found)]
            yield {
                "page": number,
                "width": float(page.width),
                "height": float(page.height),
                "images": len(page.images),
                "lines": lines(outside),
                "tables": found,
                "told": told,
            }
            page.close()
        yield {"end": count}


def upright(page: Any) -> Any:
    """Return a page as it is read: turned if most of its letters stand on their side or on their head.

    A landscape list printed onto a portrait page is such a page, and `/Rotate` does not tell of it.
    """
    from collections import Counter

    from pdfplumber.page import Page
    from pdfplumber.utils.pdfinternals import resolve_all

    if not page.chars:
        return page
    angles = Counter(round(angle_of(char) / 90) % 4 for char in page.chars if not is_slanted(char))
    turns, count = angles.most_common(1)[0] if angles else (0, 0)
    if not turns or count * 2 <= len(page.chars):
        return page
    # pdfminer reads `rotate`, pdfplumber the attribute.
    page.page_obj.rotate = (int(resolve_all(page.page_obj.attrs.get("Rotate")) or 0) + 90 * turns) % 360
    page.page_obj.attrs["Rotate"] = page.page_obj.rotate
    number, top = page.page_number, page.initial_doctop
    turned = Page(page.pdf, page.page_obj, number, top)
    page.close()
    return turned


def angle_of(char: dict[str, Any]) -> float:
    """Return the angle at which a letter stands, in degrees against the clock."""
    return math.degrees(math.atan2(char["matrix"][1], char["matrix"][0]))


def cleaned(page: Any) -> tuple[Any, dict[str, int]]:
    """Return a page without slanted text and letters drawn twice, with what lines strike through marked.

    Text at an angle is a watermark, and its letters would fall into cells. Bold is sometimes drawn by drawing twice.
    """
    told = {"slanted": 0, "unmapped": 0}
    for char in page.chars:
        char["struck"] = 0
    slanted = {id(char) for char in page.chars if is_slanted(char)}
    told["slanted"] = len(slanted)
    told["unmapped"] = sum(char["text"].startswith("(cid:") for char in page.chars)
    strikes = (
        [line for line in (*page.lines, *page.rects) if is_flat(line)] if len(page.edges) <= MAX_TABLE_CELLS else []
    )
    through = set()
    for char in page.chars if len(strikes) <= MAX_STRIKES else []:
        height = char["bottom"] - char["top"]
        for line in strikes:
            middle = (line["top"] + line["bottom"]) / 2
            if (
                char["top"] + STRIKE[0] * height < middle < char["top"] + STRIKE[1] * height
                and line["x0"] - 1 <= (char["x0"] + char["x1"]) / 2 <= line["x1"] + 1
            ):
                char["struck"] = 1
                through.add(id(line))
    if slanted or through:
        page = page.filter(lambda each: id(each) not in slanted and id(each) not in through)
    return page.dedupe_chars(tolerance=1, extra_attrs=("fontname", "size", "struck")), told


def is_slanted(char: dict[str, Any]) -> bool:
    """Tell text that stands neither along the page nor across it."""
    return SLANT < angle_of(char) % 90 < 90 - SLANT


def is_flat(line: dict[str, Any]) -> bool:
    """Tell horizontal lines, also those that are drawn as thin boxes."""
    return bool(abs(line["bottom"] - line["top"]) < 2 and line["x1"] - line["x0"] > 5)


def fields(page: Any) -> list[dict[str, Any]]:
    """Return what is filled into the fields of a form, as words where the fields stand."""
    from pdfminer.pdftypes import resolve1
    from pdfminer.utils import decode_text

    found = []
    for each in page.annots:
        data = each.get("data") or {}
        value = resolve1(data.get("V"))
        if getattr(data.get("Subtype"), "name", "") != "Widget" or not isinstance(value, bytes | str):
            continue
        text = decode_text(value) if isinstance(value, bytes) else value
        if text.strip():
            place = {name: each[name] for name in ("x0", "x1", "top", "bottom")}
            found.append({**place, "text": " ".join(text.split()), "size": each["bottom"] - each["top"], "struck": 0})
    return found


def inside(word: dict[str, Any], box: Sequence[float]) -> bool:
    """Tell whether the middle of a word lies in a box."""
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def lines(words: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put words that stand side by side into lines, from top to bottom."""
    found: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["top"] + word["bottom"], word["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        if found:
            before = found[-1][0]
            height = min(word["bottom"] - word["top"], before["bottom"] - before["top"])
            if abs(middle - (before["top"] + before["bottom"]) / 2) <= SAME_LINE * height:
                found[-1].append(word)
                continue
        found.append([word])
    return [
        {
            "top": min(word["top"] for word in line),
            "bottom": max(word["bottom"] for word in line),
            "size": sorted(word["size"] for word in line)[len(line) // 2],
            "words": [[word["x0"], word["x1"], word["text"]] for word in sorted(line, key=lambda word: word["x0"])],
            "struck": sum(word["struck"] for word in line) * 2 > len(line),
        }
        for line in found
    ]


def tables(page: Any) -> list[dict[str, Any]]:
    """Return the ruled tables of a page that have two columns or more."""
    if len(page.edges) > MAX_TABLE_CELLS:
        raise Refused("edges")
    found = []
    for table in page.find_tables():
        width = max(len(row.cells) for row in table.rows)
        if width < 2:
            continue
        if width * len(table.rows) > MAX_TABLE_CELLS:
            raise Refused("cells")
        found.append({"top": table.bbox[1], "bottom": table.bbox[3], "bbox": table.bbox, "rows": filled(table)})
    return found


def filled(table: Any) -> list[list[Any]]:
    """Return each row: its cells with merged ones filled downwards, its cells filled across, and if it is struck."""
    text = table.extract()
    left = [
        min((row.cells[at][0] for row in table.rows if row.cells[at]), default=float("inf"))
        for at in range(len(text[0]))
    ]
    rows = []
    above: dict[int, tuple[float, str]] = {}
    struck = [char for char in table.page.chars if char["struck"]]
    for row, texts in zip(table.rows, text, strict=True):
        values, across = [], []
        through = sum(inside(char, row.bbox) for char in struck)
        whole = sum(len("".join((each or "").split())) for each in texts)
        right, last = 0.0, ""
        for at, (cell, written) in enumerate(zip(row.cells, texts, strict=True)):
            bottom, kept = above.get(at, (0.0, ""))
            if cell is not None:
                right, last = cell[2], written or ""
                above[at] = (cell[3], last)
                values.append(last)
                across.append(last)
            elif left[at] < right - 1:
                values.append("")
                across.append(last)
            else:
                value = kept if bottom > row.bbox[1] + 1 else ""
                values.append(value)
                across.append(value)
        rows.append([values, across, through * 2 > whole > 0])
    return rows


def picture(path: str, page: int, out: str) -> dict[str, Any]:
    """Write a page of a PDF, or a frame of a picture, as a grey PNG; return the number of pages."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = PIXELS
    with open(path, "rb") as stream:  # noqa: PTH123
        pdf = stream.read(4) == b"%PDF"
    if pdf:
        import pypdfium2  # type: ignore[import-untyped]

        document = pypdfium2.PdfDocument(path)
        count, sheet = len(document), document[page - 1]
        scale = min(SCAN_DPI / 72, (PIXELS / max(1.0, sheet.get_width() * sheet.get_height())) ** 0.5)
        image = sheet.render(scale=scale, grayscale=True).to_pil()
    else:
        try:
            source = Image.open(path)
        except Image.DecompressionBombError:
            raise Refused("pixels") from None
        count = getattr(source, "n_frames", 1)
        if source.width * source.height > PIXELS:
            raise Refused("pixels")
        source.seek(page - 1)
        seen = source.convert("RGBA")
        image = Image.new("RGB", seen.size, "white")
        image.paste(seen, mask=seen.getchannel("A"))
        image = image.convert("L")
    image.save(out, format="PNG")
    return {"end": count}


def main(arguments: Sequence[str]) -> int:
    """Do the job that the arguments name."""
    logging.disable()
    bound_memory()
    try:
        if arguments[0] == "text":
            path, first, last, mode = arguments[1:]
            for page in pages(path, int(first), int(last), mode):
                print(json.dumps(page), flush=True)
        else:
            path, number, out = arguments[1:]
            print(json.dumps(picture(path, int(number), out)), flush=True)
    except Refused as refused:
        print(json.dumps({"error": str(refused)}), flush=True)
    except MemoryError:
        print(json.dumps({"error": "memory"}), flush=True)
    except Exception as error:  # whatever a broken file makes of the libraries is one thing: a broken file
        said = f"{error!r} {error.__context__!r}"
        code = "password" if "Password" in said or "password" in said else "damaged"
        print(json.dumps({"error": code}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
