"""The song sheet: how its cells are read, and which problems are reported."""

from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from song_sheets import HEADINGS, example_folder, sheet_xml, write_sheet
from songreel.plan.timeline import frame_spans, time_spans
from songreel.song.song import unpainted_prompts
from songreel.song.song_sheet import read_sheet

SONG = [
    ["Title", "Star"],
    ["Style", "crayon"],
    HEADINGS,
    [0, "a star"],
    [4, "a sky", "oil", "text"],
    [8.5],
]


HUNDRED_HOURS = Fraction(360_000)


def good(path, **options):
    sheet, problems = read_sheet(path, **options)
    assert problems == []
    return sheet


def problems_of(path, **options):
    _, problems = read_sheet(path, **options)
    return problems


def with_lines(**changes):
    """SONG with cells changed: ``A5=...``; a line past the end is added."""
    lines = [[*line, *[None] * (8 - len(line))] for line in SONG]
    for cell, value in changes.items():
        line = int(cell[1:])
        while len(lines) < line:
            lines.append([None] * 8)
        lines[line - 1]["ABCDEFGH".index(cell[0])] = value
    return lines


@pytest.fixture
def song(tmp_path):
    """Writes SONG with changed cells and returns the path."""

    def write(formats=None, **changes):
        return write_sheet(tmp_path / "song.xlsx", with_lines(**changes), formats)

    return write


# Sheets without problems


def test_no_more_heroes_reads_unchanged():
    folder = example_folder()
    sheet = good(folder / "NoMoreHeroes.xlsx")
    hero, earth = (folder / "ImageLibrary" / name for name in ("hero.jpeg", "earth2.jpeg"))
    assert sheet.title == "No more heroes"
    assert len(sheet.rows) == 19
    assert {(row.seconds_per_frame, row.zoom) for row in sheet.rows} == {(1, True)}
    assert not any(row.settings for row in sheet.rows)
    assert sheet.rows[0].image == sheet.end.image == hero
    assert [row.image for row in sheet.rows[1:]] == [None] * 18
    assert sheet.rows[0].style == "Soviet propaganda art, social realism"
    assert [(row.time_ms, row.style) for row in sheet.rows if row.shadow_image == earth] == [
        (80_000, "Kandinsky"),
        (95_000, "Marc Chagal"),
        (110_000, "Pavel Filonov"),
        (130_000, "Ernst Neizvestny"),
    ]
    assert sheet.rows[14].time_ms == 146_000
    assert [row.line for row in sheet.rows if row.negative_prompt == "text"] == [6, 23, 24]
    assert (sheet.end.line, sheet.end.time_ms) == (25, 209_000)
    assert sheet.warnings == ()
    assert sheet.location(25, "Image") == "NoMoreHeroes.xlsx, cell E25"

    starts = [Fraction(row.time_ms, 1000) for row in sheet.rows]
    duration = Fraction(sheet.end.time_ms, 1000)
    spans = time_spans(starts, duration, [row.seconds_per_frame for row in sheet.rows])
    frames = frame_spans(spans, duration, Fraction(20))
    assert sum(span.keyframe_count for span in spans) == 209
    assert sum(span.frames for span in frames) == 4180
    assert frames[-1].next_keyframe == 4179


def test_a_small_song(song):
    sheet = good(song())
    assert (sheet.file, sheet.title, sheet.style) == ("song.xlsx", "Star", "crayon")
    first, second = sheet.rows
    assert (first.seconds_per_frame, first.zoom, first.settings) == (1, False, {})
    assert (first.line, first.time_ms, first.prompt, first.style) == (4, 0, "a star", "crayon")
    assert (second.time_ms, second.style, second.negative_prompt) == (4000, "oil", "text")
    assert (first.negative_prompt, first.image, first.shadow_image) == ("", None, None)
    assert (sheet.end.line, sheet.end.time_ms, sheet.end.image) == (6, 8500, None)


def test_without_an_end_row_the_end_is_open(song):
    sheet = good(song(B6="a moon"))
    assert len(sheet.rows) == 3
    assert sheet.end is None


def test_names_ignore_case_spaces_and_underscores_and_columns_any_order(tmp_path):
    lines = [
        ["seconds per frame", 0.5],
        [" ZOOM", 0.03],
        ["prompt", "shadow_image", "TIME", "Negative Prompt"],
        ["a star", None, 0, "text"],
    ]
    sheet = good(write_sheet(tmp_path / "a.xlsx", lines))
    (row,) = sheet.rows
    assert (row.seconds_per_frame, row.zoom) == (Fraction(1, 2), Fraction(3, 100))
    assert (sheet.title, sheet.style) == (None, "")
    assert sheet.rows[0].negative_prompt == "text"
    assert sheet.location(4, "Time") == "a.xlsx, cell C4"
    assert sheet.location(4, "Image") == "a.xlsx, row 4"


def test_blank_rows_and_columns_do_not_matter(tmp_path):
    lines = [
        [],
        [None, "Title", "  "],
        [],
        [None, "Time", None, "Prompt"],
        [],
        [None, 0, None, "a"],
    ]
    lines += [[], [None, " ", None, "  "], [None, 4, " ", "b"], *[[]] * 3, [None, " "]]
    sheet = good(write_sheet(tmp_path / "a.xlsx", lines))
    assert [(row.line, row.prompt) for row in sheet.rows] == [(6, "a"), (9, "b")]
    assert sheet.title is None


def test_a_song_title_may_be_time(song):
    assert good(song(B1="Time")).title == "Time"


def test_prompts_that_are_numbers_are_text_and_lines_are_joined(song):
    sheet = good(song(B1=1999, B4=1999, B5="it's\n  late,\tnow ", C5=1.5, D4=True))
    assert (sheet.title, sheet.rows[0].prompt, sheet.rows[1].prompt) == (
        "1999",
        "1999",
        "it's late, now",
    )
    assert (sheet.rows[1].style, sheet.rows[0].negative_prompt) == ("1.5", "TRUE")


@pytest.mark.parametrize(
    ("value", "zoom"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        (1.0, True),
        ("true", True),
        ("False", False),
        ("1", True),
        (0.05, Fraction(1, 20)),
        ("0,05", Fraction(1, 20)),
        (-0.02, Fraction(-1, 50)),
        (None, False),
    ],
)
def test_zoom(song, value, zoom):
    row, other = good(song(A2="Zoom", B2=value)).rows
    assert row.zoom == other.zoom == zoom
    assert type(row.zoom) is type(zoom)
    row, other = good(song(H3="Zoom", H4=value)).rows
    assert (row.zoom, other.zoom) == (zoom, False)


@pytest.mark.parametrize(
    ("value", "spacing"), [(2, 2), (0.1, Fraction(1, 10)), ("0,5", Fraction(1, 2)), (None, 1)]
)
def test_spacing(song, value, spacing):
    row, other = good(song(A2="SecondsPerFrame", B2=value)).rows
    assert row.seconds_per_frame == other.seconds_per_frame == spacing
    row, other = good(song(H3="SecondsPerFrame", H4=value)).rows
    assert (row.seconds_per_frame, other.seconds_per_frame) == (spacing, 1)


def test_a_row_sets_what_the_sheet_and_the_configuration_set_for_all(song):
    sheet = good(song(A1="Strength", B1=0.4, G3="strength", G4=0.7, H3="Interpolation", H5="NONE"))
    first, second = (row.settings for row in sheet.rows)
    assert first == {"render": {"strength": 0.7}}
    assert second == {"render": {"strength": 0.4}, "interpolation": {"method": "none"}}


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("Strength", 1, 1.0),
        ("Guidance_Scale", "7,5", 7.5),
        ("steps", 12.0, 12),
        ("Seed", 4_294_967_295, 4_294_967_295),
        ("Shadow", 0, 0.0),
        ("Pan X", -0.1, -0.1),
        ("PanY", 0.25, 0.25),
        ("Rotate", 45, 45.0),
        ("Ease", "Both", "both"),
        ("Interpolation", "crossfade", "crossfade"),
    ],
)
def test_columns_of_the_configurations_settings(song, column, value, found):
    first, second = good(song(H3=column, H4=value)).rows
    (((_, own),),) = [section.items() for section in first.settings.values()]
    assert own == found
    assert type(own) is type(found)
    assert second.settings == {}


def test_a_table_may_begin_with_a_column_that_is_a_setting_too(tmp_path):
    lines = [["Zoom", True], ["Zoom", "Time", "Prompt", "Note"], [0.1, 0, "a star", "refrain"]]
    (row,) = good(write_sheet(tmp_path / "a.xlsx", lines)).rows
    assert row.zoom == Fraction(1, 10)


# Times


@pytest.mark.parametrize(
    ("value", "number_format", "ms"),
    [
        (80, "General", 80_000),
        (80.5, "0.00", 80_500),
        (16.1 + 0.2, "General", 16_300),
        (time(0, 1, 20), "hh:mm:ss.0", 80_000),
        (time(0, 1, 20, 500_000), "mm:ss.0", 80_500),
        (timedelta(minutes=1, seconds=20), "[h]:mm:ss", 80_000),
        (timedelta(hours=25, seconds=1), "[h]:mm:ss", 90_001_000),
        (datetime(1900, 1, 1, 1, 0, 1), "yyyy-mm-dd hh:mm:ss", 90_001_000),
        (80 / 86400, "h:mm:ss", 80_000),
        (16 / 86400, "[mm]:ss", 16_000),
        (20.3 / 86400, "hh:mm:ss.000", 20_300),
        (1 + 3601 / 86400, "h:mm:ss", 90_001_000),
        ("80", "General", 80_000),
        ("1:20", "@", 80_000),
        ("1:20,5", "@", 80_500),
        (" 0:01:20.5 ", "@", 80_500),
    ],
)
def test_every_kind_of_time_cell(song, value, number_format, ms):
    sheet = good(song(A5=value, A6=100 * 3600, formats={"A5": number_format}))
    assert sheet.rows[1].time_ms == ms


@given(st.integers(1, 90_000_000), st.sampled_from(["hh:mm:ss.000", "[h]:mm:ss", "mm:ss.0"]))
@settings(max_examples=30, deadline=None)
def test_times_stored_as_fractions_of_a_day_are_exact_to_the_millisecond(
    tmp_path_factory, ms, number_format
):
    if ms % 86_400_000 == 0:
        ms += 1
    path = tmp_path_factory.mktemp("song") / "song.xlsx"
    lines = with_lines(A5=ms / 86_400_000, A6="99:00:00")
    sheet = good(write_sheet(path, lines, {"A5": number_format}), sound=HUNDRED_HOURS)
    assert sheet.rows[1].time_ms == ms


def test_a_workbook_with_inline_strings_and_no_cell_references(tmp_path):
    def text(value):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    rows = (
        f"<row>{text('Time')}{text('Prompt')}</row>"
        f"<row><c><v>0</v></c>{text('a &amp; b')}</row>"
        f'<row><c s="1"><v>1.0423611111111111</v></c>{text("c")}</row>'
        f'<row><c t="d"><v>1900-01-02T02:00:00</v></c>{text("d")}</row>'
    )
    sheet = good(sheet_xml(tmp_path / "a.xlsx", rows), sound=HUNDRED_HOURS)
    assert [(row.time_ms, row.prompt) for row in sheet.rows[:2]] == [
        (0, "a & b"),
        (90_060_000, "c"),
    ]


def test_libreoffice_and_google_write_times_as_numbers_with_formats(tmp_path):
    rows = '<row r="3"><c r="A3" t="str"><v>Time</v></c><c r="B3" t="str"><v>Prompt</v></c></row>'
    cells = [(0, 3), (0.000185185185185185, 2), (0.00092824074074074076, 3), (0.0417, 1)]
    for line, (value, style) in enumerate(cells, start=4):
        rows += (
            f'<row r="{line}" spans="1:2" hidden="{int(line == 5)}">'
            f'<c r="A{line}" s="{style}" t="n"><v>{value}</v></c>'
            f'<c r="B{line}" t="str"><v>p{line}</v></c></row>'
        )
    rows += '<row r="1048576"><c r="A1048576" s="3"/></row>'
    sheet = good(sheet_xml(tmp_path / "a.xlsx", rows))
    assert [row.time_ms for row in sheet.rows] == [0, 16_000, 80_200, 3_602_880]


def test_workbooks_of_the_1904_epoch(tmp_path):
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    for line in (["Time", "Prompt"], [0, "a"], [1 + 3600 / 86400, "b"]):
        book.active.append(line)
    book.active["A3"].number_format = "h:mm:ss"
    book.save(tmp_path / "a.xlsx")
    assert good(tmp_path / "a.xlsx").rows[1].time_ms == 25 * 3_600_000


def test_a_formula_has_the_value_that_was_saved_with_it(tmp_path):
    rows = (
        '<row r="1"><c r="A1" t="str"><v>Time</v></c><c r="B1" t="str"><v>Prompt</v></c></row>'
        '<row r="2"><c r="A2"><v>0</v></c><c r="B2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c></row>'
        '<row r="3"><c r="A3"><f>A2+4</f><v>4</v></c><c r="B3" t="str"><v>c</v></c></row>'
        '<row r="4"><c r="A4" t="str"><f>IF(B4="","",9)</f><v></v></c></row>'
    )
    sheet = good(sheet_xml(tmp_path / "a.xlsx", rows))
    assert [(row.time_ms, row.prompt) for row in sheet.rows] == [(0, "ab"), (4000, "c")]


def test_a_merged_cell_is_the_value_of_every_row_it_covers(tmp_path):
    book = Workbook()
    lines = [["Time", "Prompt", "PromptStyle"], [0, "a", "oil"], [4, None, None], [8, "b", None]]
    for line in lines:
        book.active.append(line)
    book.active.merge_cells("B2:B3")
    book.active.merge_cells("C2:C4")
    book.save(tmp_path / "a.xlsx")
    sheet = good(tmp_path / "a.xlsx")
    assert [(row.prompt, row.style) for row in sheet.rows] == [
        ("a", "oil"),
        ("a", "oil"),
        ("b", "oil"),
    ]


# Worksheets


def test_the_first_visible_worksheet_unless_another_is_named(tmp_path):
    book = Workbook()
    book.active.title = "Notes"
    book.active.sheet_state = "hidden"
    for name in ("Live", "Studio"):
        sheet = book.create_sheet(name)
        for line in (["Title", name], ["Time", "Prompt"], [0, "a"]):
            sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    assert good(tmp_path / "a.xlsx").title == "Live"
    assert good(tmp_path / "a.xlsx", worksheet="Studio").title == "Studio"
    assert good(tmp_path / "a.xlsx", worksheet="studio").title == "Studio"
    assert problems_of(tmp_path / "a.xlsx", worksheet="Studo") == [
        "a.xlsx: worksheet 'Studo' not found; did you mean 'Studio'?"
    ]
    assert problems_of(tmp_path / "a.xlsx", worksheet="x") == [
        "a.xlsx: worksheet 'x' not found; there is 'Notes', 'Live', 'Studio'"
    ]
    (problem,) = problems_of(tmp_path / "a.xlsx", worksheet="Notes")
    assert problem.startswith("a.xlsx: worksheet 'Notes' is empty;")


# Sheets with problems


def test_every_mistake_is_reported_in_a_line_with_cell_and_remedy(song, tmp_path):
    (tmp_path / "ImageLibrary").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "ImageLibrary" / "hero.jpeg")
    path = song(A2="Sytle", A5="soon", E6="hero.jpg", F3="Shadows", A6=-1)
    assert problems_of(path) == [
        "song.xlsx, cell A2: unknown setting 'Sytle'; did you mean 'Style'?",
        "song.xlsx, cell F3: unknown column 'Shadows'; did you mean 'Shadow'?",
        "song.xlsx, cell A5: 'soon' is not a time; write seconds (80), m:ss (1:20), m:ss.fff "
        "(1:20.500) or h:mm:ss.f (0:01:20.5)",
        "song.xlsx, cell A6: the time lies before 0; the film starts at 0:00",
        "song.xlsx, cell E6: image 'hero.jpg' not found in ImageLibrary; did you mean 'hero.jpeg'?",
    ]


@pytest.mark.parametrize(
    ("changes", "location", "words"),
    [
        ({"A4": 1}, "cell A4", "a film starts at 0:00"),
        ({"A5": 0}, "cell A5", "0:00 does not come after 0:00"),
        ({"A6": 2}, "cell A6", "0:02 does not come after 0:04"),
        ({"A5": None}, "cell A5", "the time is missing; write"),
        ({"A5": True}, "cell A5", "TRUE is not a time"),
        ({"A5": "#REF!"}, "cell A5", "shows the error #REF!; correct the formula"),
        ({"A5": "=A4+4"}, "cell A5", "saved without its result; open the workbook"),
        ({"A5": 1e12}, "cell A5", "beyond 100 hours"),
        ({"A5": datetime(2024, 5, 1, 12)}, "cell A5", "beyond 100 hours"),
        ({"B5": None}, "cell B5", "the prompt is blank, which only the last row's may be"),
        ({"B5": "x" * 2001}, "cell B5", "2,001 characters long; shorten it to 2,000"),
        ({"B5": "a_x0007_b"}, "cell B5", "control character U+0007"),
        ({"B5": "a_xD800_b"}, "cell B5", "control character U+D800"),
        ({"B5": time(9, 30)}, "cell B5", "holds a date or a time, not text; write an apostrophe"),
        ({"E5": "../hero.png"}, "cell E5", "lies outside"),
        ({"A3": "Tiem"}, "cell A3", "unknown column 'Tiem'; did you mean 'Time'?"),
        ({"A3": None}, "row 3", "column 'Time' is missing; add it"),
        ({"B3": "Words"}, "row 3", "column 'Prompt' is missing; add it"),
        ({"D3": "Prompt"}, "cell D3", "column 'Prompt' stands here twice; delete or rename"),
        ({"D3": 7}, "cell D3", "unknown column '7'; write one of Time, Prompt"),
        ({"H5": "note"}, "cell H5", "no heading; clear its cells or name it"),
        ({"A1": "Style"}, "cell A2", "setting 'Style' stands here twice; delete one"),
        ({"A1": "Artist"}, "cell A1", "unknown setting 'Artist'; write one of Title, Style"),
        ({"A2": "Zoom", "B2": "fast"}, "cell B2", "'fast' is no zoom; write TRUE, FALSE or"),
        ({"A2": "Zoom", "B2": -1}, "cell B2", "'-1' is no zoom"),
        ({"A2": "SecondsPerFrame", "B2": 0}, "cell B2", "'0' is no spacing of keyframes; write"),
        ({"A2": "SecondsPerFrame", "B2": -0.5}, "cell B2", "no spacing"),
        ({"A2": "SecondsPerFrame", "B2": True}, "cell B2", "no spacing"),
        ({"A2": "SecondsPerFrame", "B2": "1e999999999"}, "cell B2", "no spacing"),
        ({"H3": "SecondsPerFrame", "H5": 0}, "cell H5", "'0' is no spacing of keyframes; write"),
        ({"H3": "Zoom", "H5": "in"}, "cell H5", "'in' is no zoom; write TRUE, FALSE or"),
        (
            {"H3": "Strength", "H5": 0},
            "cell H5",
            "'0' is no Strength; write a number, more than 0 and at most 1",
        ),
        ({"A2": "Strength", "B2": "high"}, "cell B2", "'high' is no Strength"),
        ({"H3": "GuidanceScale", "H5": 51}, "cell H5", "at least 0 and at most 50"),
        (
            {"H3": "Steps", "H5": 2.5},
            "cell H5",
            "'2.5' is no Steps; write a whole number, at least",
        ),
        ({"H3": "Seed", "H5": True}, "cell H5", "'True' is no Seed"),
        ({"H3": "Shadow", "H5": -0.1}, "cell H5", "'-0.1' is no Shadow; write a number"),
        (
            {"H3": "PanX", "H5": "left"},
            "cell H5",
            "'left' is no PanX; write a number, at least -10",
        ),
        ({"H3": "PanY", "H5": 11}, "cell H5", "'11' is no PanY"),
        ({"H3": "Rotate", "H5": timedelta(1)}, "cell H5", "is no Rotate"),
        (
            {"H3": "Ease", "H5": "out of"},
            "cell H5",
            "'out of' is no Ease; write none, in, out or both",
        ),
        ({"H3": "Interpolation", "H5": "#N/A"}, "cell H5", "shows the error #N/A"),
    ],
)
def test_each_mistake_has_its_location_and_remedy(song, changes, location, words):
    problems = problems_of(song(**changes))
    assert any(
        problem.startswith(f"song.xlsx, {location}: ") and words in problem for problem in problems
    ), problems


def test_a_whole_number_in_a_cell_formatted_as_a_time_is_explained(song):
    (problem, *_) = problems_of(song(A5=16, formats={"A5": "mm:ss"}))
    assert problem == (
        "song.xlsx, cell A5: 16 in a cell formatted as a time or date means 16 days; write it like "
        "0:00:16, or format the column as a number to count seconds"
    )


def test_times_are_compared_with_the_row_before_only(song):
    assert len(problems_of(song(A5=160, A6=22, B6="b", A7=28))) == 1


def test_a_sheet_without_a_table(tmp_path):
    path = write_sheet(tmp_path / "a.xlsx", [["Title", "Star"], ["Style", "oil"]])
    assert problems_of(path) == [
        "a.xlsx, row 1: no table found; write a row with the headings Time and Prompt above the "
        "lyrics"
    ]


def test_a_table_without_rows_or_prompts(tmp_path):
    (problem,) = problems_of(write_sheet(tmp_path / "a.xlsx", [["Time", "Prompt"]]))
    assert "a.xlsx, row 1: the table is empty" in problem
    (problem,) = problems_of(write_sheet(tmp_path / "a.xlsx", [["Time", "Prompt"], [0]]))
    assert problem.startswith("a.xlsx, cell B2: the prompt is blank")


def test_a_missing_image_folder_is_reported_once(song, tmp_path):
    path = song(E4="a.png", E6="b.png")
    sheet, problems = read_sheet(path, image_folder=tmp_path / "nowhere")
    assert len(problems) == 1
    assert "nowhere' not found; correct `images`" in problems[0]
    assert sheet.rows[0].image is None


def test_a_sheet_with_problems_is_returned_if_its_times_are_valid(song):
    sheet, problems = read_sheet(song(E4="a.png", B2="x" * 3000))
    assert len(problems) == 2
    assert len(sheet.rows) == 2
    assert len(read_sheet(song(B5=None))[0].rows) == 2
    assert read_sheet(song(A5="soon"))[0] is None
    assert read_sheet(song(A2="SecondsPerFrame", B2=0))[0] is None


# Warnings


def test_unused_cells_of_the_end_row_are_warned_of(song):
    (warning,) = good(song(C6="oil")).warnings
    assert warning.startswith("song.xlsx, cell C6: PromptStyle has no effect")
    (warning,) = good(song(G3="Note", G6="the end", H3="Rotate", H6=3)).warnings
    assert warning.startswith("song.xlsx, cell H6: Rotate has no effect")


def test_a_prompt_that_its_image_hides_is_warned_of(song, tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    sheet = good(song(E4="a.png", A5=1, E5="a.png"))
    spans = time_spans([Fraction(0), Fraction(1)], Fraction(9), [Fraction(1)] * 2)
    (warning,) = unpainted_prompts(sheet, spans)
    assert warning.startswith("song.xlsx, cell E4: the row has a single keyframe")


# Times as people type them


def hours(text):
    """What a spreadsheet program stores where somebody types minutes and seconds, 0:16."""
    first, second = map(int, text.split(":"))
    return timedelta(hours=first, minutes=second)


HALF_A_MINUTE = timedelta(seconds=31.5)  # typed 0:31.5, which programs do understand


def typed(folder, style, times, title="Star"):
    """The README's table as a program stores it: h:mm in Excel, hh:mm:ss in LibreOffice."""
    lines = [["Title", title], HEADINGS]
    lines += [[time, f"p{line}"] for line, time in enumerate(times[:-1])]
    formats = {f"A{line}": style for line in range(3, 3 + len(times))}
    formats |= {
        f"A{line}": "mm:ss.0" for line, time in enumerate(times, start=3) if time == HALF_A_MINUTE
    }
    return write_sheet(folder / "song.xlsx", [*lines, [times[-1]]], formats)


README = [time(0), hours("0:16"), HALF_A_MINUTE, hours("3:29")]
WHOLE = [time(0), hours("0:16"), hours("0:31"), hours("3:29")]
EXCEL, LIBREOFFICE = "h:mm", "hh:mm:ss"


def read_ms(path, **options):
    sheet = good(path, **options)
    return [*(row.time_ms for row in sheet.rows), sheet.end.time_ms], sheet.warnings


IN_AMERICA = "hh:mm:ss\\ AM/PM"  # LibreOffice's
STYLES = [
    EXCEL,
    LIBREOFFICE,
    "[$-F400]h:mm;@",
    "HH:MM:SS",
    IN_AMERICA,
    "hh\\.mm\\.ss",
    "h:mm AM/PM",
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("sound", [None, Fraction(209)])
def test_the_table_of_the_readme_may_be_typed_as_it_stands(tmp_path, style, sound):
    times, (note,) = read_ms(typed(tmp_path, style, README), sound=sound)
    assert times == [0, 16_000, 31_500, 209_000]
    assert note == (
        "song.xlsx, cell A4: 0:16 is stored as hours and minutes, and read as minutes and seconds, "
        "as are all times like it (as hours and minutes the rows would not be in order); to be "
        "sure write 0:00:16"
    )


@pytest.mark.parametrize("style", [EXCEL, LIBREOFFICE])
def test_the_sound_tells_minutes_from_hours(tmp_path, style):
    path = typed(tmp_path, style, WHOLE)
    times, (note,) = read_ms(path, sound=Fraction(209))
    assert times == [0, 16_000, 31_000, 209_000]
    assert "(the sound lasts only 3:29)" in note
    times, notes = read_ms(path, sound=Fraction(4 * 3600))
    assert times == [0, 960_000, 1_860_000, 12_540_000]
    assert len(notes) == (style == EXCEL)  # where the cell shows 0:16 and means 0:16:00


@pytest.mark.parametrize("style", [EXCEL, LIBREOFFICE, IN_AMERICA])
@pytest.mark.parametrize("sound", [None, Fraction(8000)])
def test_what_is_not_certain_is_asked_for(tmp_path, style, sound):
    assert problems_of(typed(tmp_path, style, WHOLE), sound=sound) == [
        "song.xlsx, cell A4: 0:16 is stored as hours and minutes (16:00), which spreadsheet "
        "programs make of it by themselves; for minutes and seconds write 0:00:16, for hours and "
        "minutes write the seconds, 960, in a cell formatted as a number"
    ]


@pytest.mark.parametrize(
    ("style", "times"),
    [
        ("h:mm:ss", WHOLE),  # what Excel takes for times typed with hours
        ("[$-409]h:mm:ss\\ AM/PM;@", WHOLE),
        ("[h]:mm:ss", WHOLE),
        (LIBREOFFICE, [time(0), hours("0:16"), timedelta(seconds=999), hours("3:29")]),
        (LIBREOFFICE, [time(0), time(0, 0, 16), time(0, 0, 31), time(0, 3, 29)]),
    ],
)
def test_times_typed_with_hours_are_read_as_they_stand(tmp_path, style, times):
    found, notes = read_ms(typed(tmp_path, style, times))
    assert found[1] in (960_000, 16_000)
    assert found[-1] in (12_540_000, 209_000)
    assert notes == ()


def test_seconds_in_a_cell_of_hours_and_minutes_are_read_without_a_note(song):
    sheet = good(song(A5=timedelta(seconds=16.5), A6=209, formats={"A5": "h:mm"}))
    assert sheet.rows[1].time_ms == 16_500
    assert sheet.warnings == ()


@pytest.mark.parametrize("style", ["[h]:mm:ss", "[hh]:mm:ss"])
def test_from_24_00_on_programs_show_hours_in_brackets(song, style):
    path = song(A5=timedelta(hours=24), A6=timedelta(hours=25, minutes=30), formats={"A": style})
    sheet = good(path, sound=Fraction(1600))
    assert (sheet.rows[1].time_ms, sheet.end.time_ms) == (1_440_000, 1_530_000)


@pytest.mark.parametrize("end", ["3:29:00", "03:29:00"])
def test_a_sheet_that_would_fit_in_minutes_is_asked_for(song, end):
    (problem,) = problems_of(song(A5="0:16:00", A6=end), sound=Fraction(209))
    assert problem == (
        "song.xlsx, cell A6: the sheet ends at 3:29:00, but the sound lasts 3:29; for minutes and "
        "seconds write 0:03:29, and if the film is to be that long, the seconds, 12540, as a number"
    )


@pytest.mark.parametrize(("last", "sound"), [(60, 209), (209, 60), (12540, 209)])
def test_seconds_as_numbers_are_never_doubted(song, last, sound):
    assert good(song(A5=16, A6=last), sound=Fraction(sound)).end.time_ms == last * 1000


@pytest.mark.parametrize("number_format", ["General", "0"])
def test_fractions_of_a_day_are_recognised(song, number_format):
    """As pandas writes timedeltas."""
    path = song(A5=16 / 86400, A6=209 / 86400, formats={"A": number_format})
    sheet = good(path)
    assert (sheet.rows[1].time_ms, sheet.end.time_ms) == (16_000, 209_000)
    (note,) = sheet.warnings
    assert "cell A5: the times are stored as fractions of a day" in note
    assert "0.000185185185 is 0:16" in note


@pytest.mark.parametrize("start", [time(0), "0:00", 0])
def test_fractions_of_a_day_are_recognised_beside_times(song, start):
    times = {"A4": start, "A5": 16 / 86400, "A6": timedelta(seconds=209)}
    sheet = good(song(**times, formats={"A5": "General"}))
    assert (sheet.rows[1].time_ms, sheet.end.time_ms) == (16_000, 209_000)


def test_fractions_of_a_day_that_are_not_certain_are_told(song):
    (problem,) = problems_of(song(A5=0.000185185))  # as it is shown, and copied
    assert "less than a thousandth of a second after the row before; if it is a frac" in problem
    assert "cell A5" in problem


def test_short_seconds_are_no_fractions_of_a_day(song):
    sheet = good(song(A5=0.25, A6=0.5))
    assert (sheet.rows[1].time_ms, sheet.end.time_ms) == (250, 500)


INVISIBLE = ["\u200b", "\ufeff", "\u200e", " \u200b\u00a0", "\u3164", "\u2800"]


@pytest.mark.parametrize("mark", INVISIBLE)
def test_what_is_invisible_does_no_harm(song, mark):
    path = song(A3=f"{mark}Time", B3=f"Pro{mark.strip()}mpt", A5=f"{mark}0:04", B6=mark, A6="8.5")
    sheet = good(path)
    assert sheet.rows[1].time_ms == 4_000
    assert sheet.end.time_ms == 8_500
    assert (
        good(song(A2="Zoom", B2=f"{mark}TRUE{mark}", B5=f"{mark}a sky")).rows[1].prompt == "a sky"
    )


def test_a_family_of_emoji_stays_one(song):
    family = "\U0001f468\u200d\U0001f469"
    assert good(song(B5=family)).rows[1].prompt == family
