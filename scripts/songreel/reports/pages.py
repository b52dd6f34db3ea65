"""Pages: HTML files that carry everything with them and open without a server."""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from PIL import Image

from songreel.plan.timecode import format_time
from songreel.storage.atomic import replacing

TEMPLATES = Path(__file__).with_name("templates")

THUMBNAIL = 320
"""Pixels of the longer side of a picture in a page."""

QUALITY = 82
"""Of WebP, 0–100; higher ones look the same at this size."""


def write_page(path: Path, template: str, **content: Any) -> None:
    """Fill in a template and write the page.

    Args:
        path: the page, ``.html``; it appears complete or not at all.
        template: name of a file among the templates.
        content: what the template names; text is escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["clock"] = clock
    style = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    page = environment.get_template(template).render(style=style, **content)
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def script(name: str) -> Markup:
    """A script among the templates, to stand in a page."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def embedded_json(value: Any) -> Markup:
    """A value as JSON that can stand in a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def embedded_file(path: Path) -> Markup:
    """A file's content in Base64."""
    return Markup(base64.b64encode(path.read_bytes()).decode())


def thumbnail(path: Path) -> str:
    """A picture, made small, as an address that holds it.

    Raises:
        OSError: the file cannot be read.
    """
    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    small.save(encoded, "WEBP", quality=QUALITY, method=4)
    return "data:image/webp;base64," + base64.b64encode(encoded.getvalue()).decode()


def table(rows: Sequence[Mapping[str, Any]], numbers: Sequence[str] = ()) -> Markup:
    """A table of rows that all have the same keys, its headings.

    Args:
        rows: at least one; text is escaped, ``Markup`` is taken as it is, None is left blank.
        numbers: the columns that hold numbers.
    """
    from pandas import DataFrame

    cells = [{key: _cell(key in numbers, value) for key, value in row.items()} for row in rows]
    html = DataFrame(cells).to_html(index=False, escape=False, border=0, classes=[])
    for name in numbers:
        html = html.replace(f"<th>{escape(name)}</th>", f'<th class="number">{escape(name)}</th>')
    html = html.replace(f"<td>{_NUMBER}", '<td class="number">')
    html = html.replace("<th>", '<th scope="col">').replace("<th class", '<th scope="col" class')
    return Markup(html.replace(' style="text-align: right;"', ""))


def clock(seconds: float) -> str:
    """A time of the film as people read it, to the hundredth of a second."""
    return format_time(10 * round(100 * seconds))


def moment(seconds: float, text: str | None = None) -> Markup:
    """A link to a moment of the film.

    Args:
        seconds: from its start.
        text: of the link; the time if None.
    """
    return Markup('<a href="#t={}">{}</a>').format(round(seconds, 3), text or clock(seconds))


_NUMBER = "\0"


def _cell(is_number: bool, value: Any) -> str:
    text = "" if value is None else str(escape(value))
    return (_NUMBER if is_number else "") + text
