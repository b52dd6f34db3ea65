"""Sheets of other spreadsheet programs: .ods, .csv and .tsv, with problems told by cell."""

import re
from datetime import time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from song_sheets import HEADINGS, opendocument_row, rewrite, write_opendocument, write_sheet
from songreel.song.song_sheet import read_sheet

ODS = "".join(
    [
        opendocument_row("Title", "Star &amp; <text:span>moon</text:span>"),
        opendocument_row("Zoom", True),
        opendocument_row("SecondsPerFrame", 0.5),
        opendocument_row(*HEADINGS),
        opendocument_row(("PT00H00M00S", "00:00:00"), "a star"),
        opendocument_row(("PT00H16M00S", "00:16:00"), "a<text:s/>sky<text:line-break/>red", 1999),
        opendocument_row(("PT00H00M31.5S", "00:31.50"), "a moon"),
        opendocument_row(("PT03H29M00S", "03:29:00")),
        '<table:table-row table:number-rows-repeated="1048500">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
    ]
)

CSV = (
    "Title,Star & moon\nZoom,TRUE\nSecondsPerFrame,0.5\n"
    "Time,Prompt,PromptStyle,NegativePrompt,Image,ShadowImage\n"
    '00:00:00,a star\n00:16:00,"a sky\nred",1999\n0:31.5,a moon\n03:29:00,\n'
)

XLSX = [
    ["Title", "Star & moon"],
    ["Zoom", True],
    ["SecondsPerFrame", 0.5],
    HEADINGS,
    [time(0), "a star"],
    [time(0, 16), "a sky\nred", 1999],
    [timedelta(seconds=31.5), "a moon"],
    [time(3, 29)],
]


def in_america(text):
    """The times as LibreOffice shows them there."""
    for hours, shown in (("00:00", "12:00"), ("00:16", "12:16"), ("03:29", "03:29")):
        text = text.replace(f">{hours}:00<", f">{shown}:00 AM<")
        text = text.replace(f"\n{hours}:00,", f"\n{shown}:00 AM,")
    return text


WRITTEN = {
    "ods": lambda path: write_opendocument(path, ODS),
    "csv": lambda path: path.write_text(CSV, encoding="utf-8"),
    "csv of Excel": lambda path: path.write_text(CSV.replace(",", ";"), encoding="utf-8-sig"),
    "ods of America": lambda path: write_opendocument(path, in_america(ODS)),
    "csv of America": lambda path: path.write_text(in_america(CSV), encoding="utf-8"),
    "ods with dots": lambda path: write_opendocument(
        path, re.sub(r">(\d\d):(\d\d):00<", r">\1.\2.00<", ODS)
    ),
    "tsv": lambda path: path.write_text(CSV.replace(",", "\t"), encoding="utf-16"),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_every_kind_of_file_is_the_same_sheet(tmp_path, written):
    path = tmp_path / f"song.{written.split()[0]}"
    WRITTEN[written](path)
    formats = {f"A{line}": "hh:mm:ss" for line in (5, 6, 8)} | {"A7": "mm:ss.0"}
    workbook = write_sheet(tmp_path / "song.xlsx", XLSX, formats)
    sheet, problems = read_sheet(path)
    same, _ = read_sheet(workbook)
    assert problems == []
    assert (sheet.title, sheet.rows[0].zoom, sheet.rows[0].seconds_per_frame) == (
        "Star & moon",
        True,
        Fraction(1, 2),
    )
    assert [(row.time_ms, row.prompt) for row in sheet.rows] == [
        (0, "a star"),
        (16_000, "a sky red"),
        (31_500, "a moon"),
    ]
    assert (sheet.rows, sheet.end, sheet.columns) == (same.rows, same.end, same.columns)
    assert [note.partition(", ")[2] for note in sheet.warnings] == [
        note.partition(", ")[2] for note in same.warnings
    ]


@pytest.mark.parametrize(
    "times",
    [
        ("0", "0.000185185185185185", "0.00241898148148148"),
        ("0 days 00:00:00", "0 days 00:00:16", "0 days 00:03:29"),
    ],
)
def test_the_timedeltas_of_pandas_are_times(tmp_path, times):
    lines = ["Time,Prompt", f"{times[0]},a star", f"{times[1]},a boat", f"{times[2]},"]
    path = tmp_path / "song.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    sheet, problems = read_sheet(path)
    assert problems == []
    assert (sheet.rows[1].time_ms, sheet.end.time_ms) == (16_000, 209_000)


@pytest.mark.parametrize("suffix", ["ods", "csv", "tsv"])
def test_problems_are_told_by_cell(tmp_path, suffix):
    path = tmp_path / f"song.{suffix}"
    rows = [("Sytle", "oil"), HEADINGS, (0, "a star"), (), ("soon", "a sky"), (9,)]
    if suffix == "ods":
        write_opendocument(path, "".join(opendocument_row(*row) for row in rows))
    else:
        separator = {"csv": ";", "tsv": "\t"}[suffix]
        lines = [separator.join(map(str, row)) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
    assert read_sheet(path) == (
        None,
        [
            f"song.{suffix}, cell A1: unknown setting 'Sytle'; did you mean 'Style'?",
            f"song.{suffix}, cell A5: 'soon' is not a time; write seconds (80), m:ss (1:20), "
            "m:ss.fff (1:20.500) or h:mm:ss.f (0:01:20.5)",
        ],
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("#REF!", "shows the error #REF!; correct the formula"),
        ("Err:502", "shows the error Err:502"),
        (1e15, "beyond 100 hours"),
        (True, "TRUE is not a time"),
    ],
)
def test_what_an_opendocument_cell_cannot_be(tmp_path, value, words):
    rows = [("Time", "Prompt"), (0, "#HERO"), (value, "a sky")]
    path = write_opendocument(tmp_path / "a.ods", "".join(opendocument_row(*row) for row in rows))
    _, (problem,) = read_sheet(path)
    assert problem.startswith("a.ods, cell A3: ")
    assert words in problem


def test_merged_hidden_and_repeated_cells_of_opendocument(tmp_path):
    covered = "<table:table-row>%s<table:covered-table-cell/></table:table-row>"
    number = '<table:table-cell office:value-type="float" office:value="%s"/>'
    merged = (
        '<table:table-cell table:number-rows-spanned="2" office:value-type="string">'
        "<text:p>a star</text:p></table:table-cell>"
    )
    rows = (
        opendocument_row("Time", "Prompt")
        + f"<table:table-row>{number % 0}{merged}</table:table-row>"
        + covered % (number % 4)
        + opendocument_row(8)
    )
    path = write_opendocument(
        tmp_path / "a.ods",
        rows,
        styles=(
            '<style:style style:name="ta1"><style:table-properties table:display="false"/>'
            "</style:style>"
        ),
        before='<table:table table:name="Notes" table:style-name="ta1"/>',
    )
    sheet, problems = read_sheet(path)
    assert problems == []
    assert [(row.time_ms, row.prompt) for row in sheet.rows] == [(0, "a star"), (4000, "a star")]
    assert read_sheet(path, worksheet="Nots")[1] == [
        "a.ods: worksheet 'Nots' not found; did you mean 'Notes'?"
    ]
    assert "worksheet 'Notes' is empty" in read_sheet(path, worksheet="notes")[1][0]


def test_a_table_as_text_has_no_worksheets(tmp_path):
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    assert "remove `worksheet`" in read_sheet(tmp_path / "a.csv", worksheet="Song")[1][0]


def test_entities_of_opendocument_are_not_expanded(tmp_path):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    path = write_opendocument(tmp_path / "a.ods", opendocument_row("Time", "&e11;"))
    rewrite(
        path,
        "content.xml",
        lambda xml: xml.replace(
            b"<office:doc", f"<!DOCTYPE x [{entities}]><office:doc".encode(), 1
        ),
    )
    assert "a.ods: the workbook is damaged" in read_sheet(path)[1][0]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_broken_opendocument_gives_a_sheet_or_a_problem(tmp_path_factory, data):
    path = write_opendocument(tmp_path_factory.mktemp("song") / "a.ods", ODS)
    start = data.draw(st.integers(0, 3000))
    junk = data.draw(st.one_of(st.binary(max_size=6), st.integers().map(lambda n: b"%d" % n)))
    rewrite(path, "content.xml", lambda content: content[:start] + junk + content[start + 5 :])
    sheet, problems = read_sheet(path)
    assert sheet is not None or problems
    assert all(problem.splitlines() == [problem] for problem in problems)


@given(st.text(max_size=200) | st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_sheet_or_a_problem(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("song") / "a.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    sheet, problems = read_sheet(path)
    assert sheet is not None or problems
    assert all(problem.splitlines() == [problem] for problem in problems)
