"""The linter that finds text whose encoding is left to the locale."""

import pytest

from text_encodings import locale_encodings


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("open(path)", True),
        ('path.open("w", newline="")', True),
        ("there.path.read_text().splitlines()", True),
        ('path.write_text(name.encode(encoding="utf-8").hex())', True),
        ("run(command, text=True)", True),
        ('open(path, "rb")', False),
        ('run(command, encoding="utf-8")', False),
        ('path.open("a", encoding="utf-8")', False),
        ('path.read_text("utf-8")', False),
        ("os.open(path, os.O_RDWR)", False),
        ("Image.open(path)", False),
        ("read_text(cell)", False),
        ("# open(path)", False),
    ],
)
@pytest.mark.parametrize("form", ["{}\n", "rule one:\n    run:\n        {}\n"])
def test_text_without_an_encoding_is_found(tmp_path, form, code, is_found):
    source = tmp_path / "source.smk"
    source.write_text(form.format(code), encoding="utf-8")
    assert list(locale_encodings(source)) == ([form.count("\n")] if is_found else [])
