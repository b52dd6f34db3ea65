"""Tables: what a spreadsheet program reads from them."""

import csv

from songreel.reports.tables import write_table


def test_a_table_is_tab_separated_with_headings(tmp_path):
    path = tmp_path / "timeline.tsv"
    rows = [
        {"row": 1, "shown": "0.000", "prompt": 'say "hi"\t  there\nyou'},
        {"row": 2, "shown": "1.500", "prompt": ""},
        {"row": 3, "shown": "2.000", "prompt": "NA, 英雄"},
    ]
    write_table(rows, path)
    assert path.read_bytes().decode() == (
        "row\tshown\tprompt\r\n"
        '1\t0.000\t"say ""hi"" there you"\r\n'
        "2\t1.500\t\r\n"
        "3\t2.000\tNA, 英雄\r\n"
    )
    with path.open(newline="", encoding="utf-8") as file:
        assert [row["prompt"] for row in csv.DictReader(file, dialect="excel-tab")] == [
            'say "hi" there you',
            "",
            "NA, 英雄",
        ]
