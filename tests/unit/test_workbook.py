"""Files that are no workbook, hostile ones and very large ones: one clear problem each."""

import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from song_sheets import HEADINGS, rewrite, sheet_xml, write_sheet
from songreel.song.song_sheet import read_sheet

LINES = [["Time", "Prompt"], [0, "a star"], [4, "a sky"], [8]]


def only_problem(path):
    sheet, problems = read_sheet(path)
    assert sheet is None
    (problem,) = problems
    assert problem.splitlines() == [problem]
    return problem


def test_a_missing_file(tmp_path):
    write_sheet(tmp_path / "NoMoreHeroes.xlsx", LINES)
    problem = only_problem(tmp_path / "NoMoreHeros.xlsx")
    assert problem.endswith("NoMoreHeros.xlsx: file not found; did you mean 'NoMoreHeroes.xlsx'?")
    assert "file not found; check" in only_problem(tmp_path / "nowhere" / "a.xlsx")
    assert "not a file" in only_problem(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"Time,Prompt\n0,a\n", "not an Excel workbook; open it in your spreadsheet"),
        ("a.csv", b"", "the table is empty; fill it in"),
        ("a.csv", b"Time,Prompt\n0,\xe9\n", "cannot be read as text in UTF-8; save it as CSV"),
        ("a.csv", b"Time,Prompt\n" + b"0,a\n" * 20_001, "more than 20,000 rows; split the song"),
        ("a.xlsx", b"", "not an Excel workbook"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "an old .xls workbook; open it"),
        (
            "a.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password; save it without one",
        ),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), "not an Excel workbook"),
        ("a.xlsx", b" " * 20_000_001, "larger than 20 MB"),
    ],
)
def test_files_that_are_no_workbook(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    problem = only_problem(tmp_path / name)
    assert problem.startswith(f"{name}: ")
    assert words in problem


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["mimetype", "content.xml"], "not an Excel workbook; open it in your spreadsheet"),
        (["xl/workbook.bin", "[Content_Types].xml"], "a binary workbook (.xlsb); open it in"),
        (["[Content_Types].xml", "xl/workbook.xml"], "the workbook is damaged; open it in"),
    ],
)
def test_archives_that_are_no_workbook(tmp_path, parts, words):
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    assert words in only_problem(tmp_path / "a.ods")


def test_an_empty_workbook(tmp_path):
    Workbook().save(tmp_path / "a.xlsx")
    assert "worksheet 'Sheet' is empty; fill it in" in only_problem(tmp_path / "a.xlsx")


def test_a_truncated_workbook(tmp_path):
    path = write_sheet(tmp_path / "a.xlsx", LINES)
    path.write_bytes(path.read_bytes()[:-200])
    assert "a.xlsx: " in only_problem(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = write_sheet(tmp_path / "a.xlsx", LINES)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(200_000_001))
    assert "unpacks to more than 200 MB" in only_problem(path)


def test_xml_entities_are_not_expanded(tmp_path):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    path = sheet_xml(tmp_path / "a.xlsx", '<row><c t="str"><v>&e11;</v></c></row>')
    rewrite(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<worksheet", f"<!DOCTYPE x [{entities}]><worksheet".encode(), 1),
    )
    assert "damaged" in only_problem(path)


def test_a_declared_size_and_distant_cells_are_ignored(tmp_path):
    path = write_sheet(tmp_path / "a.xlsx", LINES)
    rewrite(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'ref="A1:B4"', b'ref="A1:XFD1048576"').replace(
            b"</sheetData>",
            b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>',
        ),
    )
    sheet, problems = read_sheet(path)
    assert problems == []
    assert len(sheet.rows) == 2


def test_a_table_of_too_many_rows(tmp_path):
    rows = "".join(f"<row><c><v>{second}</v></c></row>" for second in range(20_001))
    sheet_xml(tmp_path / "a.xlsx", rows)
    assert "more than 20,000 rows; split the song" in only_problem(tmp_path / "a.xlsx")


def test_formatted_blank_rows_below_the_table_are_not_read(tmp_path):
    rows = (
        '<row r="1"><c r="A1" t="str"><v>Time</v></c><c r="B1" t="str"><v>Prompt</v></c></row>'
        '<row r="2"><c r="A2"><v>0</v></c><c r="B2" t="str"><v>a</v></c></row>'
    )
    rows += "".join(f'<row r="{line}"><c r="A{line}" s="3"/></row>' for line in range(3, 30_000))
    sheet, problems = read_sheet(sheet_xml(tmp_path / "a.xlsx", rows + "<row><never reached"))
    assert problems == []
    assert len(sheet.rows) == 1


def test_two_thousand_rows_read_whole(tmp_path):
    path = write_sheet(tmp_path / "a.xlsx", [HEADINGS, *([s, f"p{s}"] for s in range(2000))])
    sheet, problems = read_sheet(path)
    assert problems == []
    assert sheet.rows[-1].time_ms == 1_999_000


texts = st.text(max_size=12).filter(lambda text: not ILLEGAL_CHARACTERS_RE.search(text))
values = st.one_of(
    st.none(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    texts,
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1)),
    st.dates(date(1900, 1, 1), date(9999, 1, 1)),
    st.times(),
    st.timedeltas(timedelta(days=-5), timedelta(days=5000)),
    st.sampled_from(
        ["=A1+1", "#REF!", "#N/A", "_x0000_", "..", "/", "\ufeff", "Time", "1:20", "1e5"]
    ),
    st.just(time(0, 1, 20)),
)


@given(
    st.lists(st.lists(values, max_size=7), max_size=6),
    st.booleans(),
    st.sampled_from(["General", "h:mm", "[h]:mm:ss", "yyyy-mm-dd", "@"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_cell_values_give_a_sheet_or_a_problem(
    tmp_path_factory, lines, with_headings, number_format
):
    path = tmp_path_factory.mktemp("song") / "a.xlsx"
    head = [["Zoom", "x"], HEADINGS] if with_headings else []
    write_sheet(path, [*head, *lines], {"A3": number_format, "B1": number_format})
    sheet, problems = read_sheet(path)
    assert sheet is not None or problems
    for problem in problems:
        assert problem.startswith("a.xlsx")
        assert problem.splitlines() == [problem]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_broken_bytes_give_a_sheet_or_a_problem(tmp_path_factory, data):
    path = write_sheet(tmp_path_factory.mktemp("song") / "a.xlsx", LINES, {"A3": "h:mm"})
    with zipfile.ZipFile(path) as archive:
        part = data.draw(st.sampled_from(archive.namelist()))
        length = archive.getinfo(part).file_size
    start = data.draw(st.integers(0, length))
    end = data.draw(st.integers(start, min(length, start + 20)))
    junk = data.draw(st.one_of(st.binary(max_size=6), st.integers().map(lambda n: b"%d" % n)))
    rewrite(path, part, lambda content: content[:start] + junk + content[end:])
    sheet, problems = read_sheet(path)
    assert sheet is not None or problems
    assert all(problem.splitlines() == [problem] for problem in problems)
