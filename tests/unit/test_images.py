"""Image files: which of them a sheet may name, and how they are prepared."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from songreel.errors import SongreelError
from songreel.media import images
from songreel.media.images import (
    encode_png,
    is_prepared_from,
    load_png,
    prepare_image,
    save_prepared,
)
from songreel.song.image_library import find_image, image_folder

SCRIPTS = Path(__file__).parents[2] / "scripts"

RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "song" / "ImageLibrary"
    folder.mkdir(parents=True)
    Image.new("RGB", (8, 8), RED).save(folder / "hero.jpeg")
    return folder


def problem(folder, name):
    with pytest.raises(ValueError) as caught:
        find_image(folder, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (["ImageLibrary", "images"], "ImageLibrary"),
        (["imagelibrary"], "imagelibrary"),
        (["Images"], "Images"),
        (["pictures"], "."),
        ([], "."),
    ],
)
def test_the_image_folder_is_beside_the_sheet(tmp_path, present, expected):
    for name in present:
        (tmp_path / name).mkdir()
    assert image_folder(tmp_path / "song.xlsx", None) == tmp_path / expected


def test_a_file_called_images_is_no_folder(tmp_path):
    (tmp_path / "images").write_text("", encoding="utf-8")
    assert image_folder(tmp_path / "song.xlsx", None) == tmp_path


def test_the_configured_folder_comes_first(folder):
    other = folder.parent / "other"
    other.mkdir()
    assert image_folder(folder.parent / "song.xlsx", other) == other
    with pytest.raises(ValueError, match="'.*nowhere' not found; correct `images`"):
        image_folder(folder.parent / "song.xlsx", folder / "nowhere")


def test_an_image_is_found_by_its_name(folder):
    assert find_image(folder, "hero.jpeg") == folder / "hero.jpeg"
    assert find_image(folder, "HERO.JPEG") == folder / "hero.jpeg"
    assert find_image(folder, "./hero.jpeg") == folder / "hero.jpeg"


def test_of_two_names_that_differ_in_case_the_exact_one_is_found(folder):
    Image.new("RGB", (8, 8)).save(folder / "Hero.jpeg")
    assert find_image(folder, "Hero.jpeg") == folder / "Hero.jpeg"
    assert "not found in ImageLibrary; did you mean" in problem(folder, "HERO.jpeg")


def test_an_accent_may_be_encoded_in_either_way(folder):
    Image.new("RGB", (8, 8)).save(folder / "cafe\u0301.png")
    assert find_image(folder, "caf\u00e9.png").exists()


def test_images_in_subfolders_are_found(folder):
    (folder / "live").mkdir()
    Image.new("RGB", (8, 8)).save(folder / "live" / "band.png")
    assert find_image(folder, "live/band.png") == folder / "live" / "band.png"
    assert find_image(folder, "live\\band.png") == folder / "live" / "band.png"


def test_a_missing_image_is_reported_with_the_nearest_name(folder):
    assert problem(folder, "hero.jpg") == (
        "image 'hero.jpg' not found in ImageLibrary; did you mean 'hero.jpeg'?"
    )
    assert problem(folder, "moon.png") == (
        "image 'moon.png' not found in ImageLibrary; put it there or correct the name"
    )
    assert problem(folder, "ImageLibrary/hero.jpeg").endswith("did you mean 'hero.jpeg'?")
    assert "not found" in problem(folder, "x" * 5000)
    assert "not found" in problem(folder, "hero.jpeg/more.png")


@pytest.mark.parametrize(
    "name",
    [
        "../secret.png",
        "live/../../secret.png",
        "/etc/secret.png",
        "..\\secret.png",
        "C:\\a.png",
        "..",
    ],
)
def test_nothing_outside_the_folder_is_reached(folder, name):
    Image.new("RGB", (8, 8)).save(folder.parent / "secret.png")
    assert "lies outside ImageLibrary" in problem(folder, name)


def test_a_name_that_the_locale_does_not_know_is_told(tmp_path):
    for name in ("ü.png", "ü.xlsx", "ü.wav"):
        (tmp_path / name).write_bytes(b"")
    code = """if True:
        import sys
        from pathlib import Path
        from songreel.errors import SongreelError
        from songreel.media.audio import measure_audio
        from songreel.song.image_library import find_image
        from songreel.song.spreadsheets import read_cells
        folder, name = Path(sys.argv[1]), chr(252)
        for read in (
            lambda: find_image(folder, f"{name}.png"),
            lambda: read_cells(folder / f"{name}.xlsx"),
            lambda: measure_audio(folder / f"{name}.wav"),
        ):
            try:
                read()
            except (SongreelError, ValueError) as error:
                print(ascii(str(error)))
    """
    locale = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    said = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        env={**os.environ, **locale, "PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    assert said.count("this locale does not know the letters of its name; set PYTHONUTF8=1") == 3


def test_links_may_not_lead_out_of_the_folder(folder):
    outside = folder.parent / "secret.png"
    Image.new("RGB", (8, 8)).save(outside)
    (folder / "out.png").symlink_to(outside)
    (folder / "up").symlink_to(folder.parent)
    (folder / "same.png").symlink_to("hero.jpeg")
    assert "lies outside" in problem(folder, "out.png")
    assert "lies outside" in problem(folder, "up/secret.png")
    assert find_image(folder, "same.png") == folder / "same.png"


def test_files_that_are_no_image_are_refused(folder):
    (folder / "folder.png").mkdir()
    (folder / "text.png").write_text("not a picture", encoding="utf-8")
    (folder / "empty.png").write_bytes(b"")
    (folder / "eps.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    os.mkfifo(folder / "pipe.png")
    assert "is not a file" in problem(folder, "folder.png")
    assert "is not a file" in problem(folder, "pipe.png")
    for name in ("text.png", "empty.png", "eps.png"):
        assert "is not a picture" in problem(folder, name)


def test_a_damaged_image_is_found_without_decoding_all_of_it(folder):
    content = encode_png(np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8))
    (folder / "a.png").write_bytes(content[: len(content) // 2])
    content = (folder / "hero.jpeg").read_bytes()
    (folder / "hero.jpeg").write_bytes(content[: len(content) // 2])
    for name in ("a.png", "hero.jpeg"):
        assert "is broken" in problem(folder, name)


def test_files_and_images_that_are_too_large_are_refused(folder):
    with (folder / "heavy.png").open("wb") as file:
        file.truncate(50_000_001)
    assert "50 MB" in problem(folder, "heavy.png")
    Image.new("1", (30_000, 4_000)).save(folder / "wide.png")
    Image.new("1", (30_000, 7_000)).save(folder / "wider.png")
    assert "megapixels" in problem(folder, "wide.png")
    assert "megapixels" in problem(folder, "wider.png")


def test_a_replaced_file_is_checked_again(folder):
    (folder / "a.png").write_text("not a picture", encoding="utf-8")
    assert "is not a picture" in problem(folder, "a.png")
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    assert find_image(folder, "a.png") == folder / "a.png"


def test_an_image_of_the_right_size_is_unchanged(tmp_path):
    image = np.random.default_rng(2).integers(0, 256, (12, 20, 3), np.uint8)
    (tmp_path / "a.png").write_bytes(encode_png(image))
    assert np.array_equal(prepare_image(tmp_path / "a.png", 20, 12), image)


@pytest.mark.parametrize(("width", "height"), [(16, 16), (64, 16), (16, 64), (7, 5)])
def test_an_image_covers_the_frame_and_keeps_its_centre(tmp_path, width, height):
    image = Image.new("RGB", (90, 60), BLUE)
    image.paste(GREEN, (15, 0, 75, 60))
    image.paste(RED, (35, 20, 55, 40))
    image.save(tmp_path / "a.png")
    prepared = prepare_image(tmp_path / "a.png", width, height)
    assert prepared.shape == (height, width, 3)
    assert prepared.dtype == np.uint8
    assert np.allclose(prepared[height // 2, width // 2], RED, atol=40)
    mirrored = prepared[::-1, ::-1].astype(int)
    assert np.abs(prepared - mirrored).max() <= 1
    if width == height:
        assert not (prepared[..., 2] > 128).any()  # the blue sides are cropped away


def test_a_photograph_is_turned_upright_by_its_exif_tag(tmp_path):
    image = Image.new("RGB", (40, 20), RED)
    image.paste(BLUE, (20, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise: the left side becomes the top
    image.save(tmp_path / "a.png", exif=exif)
    prepared = prepare_image(tmp_path / "a.png", 20, 40)
    assert tuple(prepared[5, 10]) == RED
    assert tuple(prepared[35, 10]) == BLUE


def pictures_of_every_mode():
    yield Image.new("RGBA", (8, 8), (255, 0, 0, 128)), {}, (128, 0, 0)
    yield Image.new("LA", (8, 8), (255, 128)), {}, (128, 128, 128)
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    yield palette, {"transparency": 1}, BLACK
    yield palette, {"transparency": bytes([255, 128])}, (128, 0, 0)
    yield palette, {}, RED
    yield Image.new("RGB", (8, 8), RED), {"transparency": RED}, BLACK
    yield Image.new("L", (8, 8), 200), {}, (200, 200, 200)
    yield Image.new("1", (8, 8), 1), {}, (255, 255, 255)
    sixteen = Image.fromarray(np.full((8, 8), 128 * 257, np.uint16))
    yield sixteen, {}, (128, 128, 128)


@pytest.mark.parametrize(("image", "options", "colour"), list(pictures_of_every_mode()))
def test_every_mode_is_flattened_over_black(tmp_path, image, options, colour):
    image.save(tmp_path / "a.png", **options)
    prepared = prepare_image(tmp_path / "a.png", 4, 4)
    assert np.abs(prepared.astype(int) - colour).max() <= 1


def test_cmyk_is_converted_to_rgb(tmp_path):
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=95)
    assert np.abs(prepare_image(tmp_path / "a.jpg", 8, 8).astype(int) - RED).max() <= 4


def test_a_truncated_photograph_is_reported_by_name(tmp_path):
    noise = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[: len(content) // 2])
    with pytest.raises(SongreelError, match=r"'a\.jpg' cannot be read: .*; open it and save"):
        prepare_image(tmp_path / "a.jpg", 8, 8)


def test_a_prepared_image_is_read_back_unchanged_and_saved_to_the_same_bytes(tmp_path):
    image = np.random.default_rng(4).integers(0, 256, (9, 13, 3), np.uint8)
    save_prepared(image, tmp_path / "a.png", "digest")
    save_prepared(load_png(tmp_path / "a.png"), tmp_path / "b.png", "digest")
    assert np.array_equal(load_png(tmp_path / "b.png"), image)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["a.png", "b.png"]


def test_an_image_prepared_by_another_version_is_prepared_again(tmp_path, monkeypatch):
    save_prepared(np.zeros((9, 13, 3), np.uint8), tmp_path / "a.png", "digest")
    assert is_prepared_from(tmp_path / "a.png", "digest", 13, 9)
    monkeypatch.setattr(images, "PREPARED_VERSION", images.PREPARED_VERSION + 1)
    assert not is_prepared_from(tmp_path / "a.png", "digest", 13, 9)


def test_an_image_that_cannot_be_saved_leaves_the_old_file(tmp_path):
    image = np.zeros((4, 4, 3), np.uint8)
    save_prepared(image, tmp_path / "a.png", "digest")
    with pytest.raises(TypeError):
        save_prepared(image.astype(complex), tmp_path / "a.png", "digest")
    assert np.array_equal(load_png(tmp_path / "a.png"), image)
    assert os.listdir(tmp_path) == ["a.png"]


def test_a_prepared_image_tells_its_source_and_size(tmp_path):
    path = tmp_path / "a.png"
    assert not is_prepared_from(path, "digest", 13, 9)
    save_prepared(np.zeros((9, 13, 3), np.uint8), path, "digest")
    assert is_prepared_from(path, "digest", 13, 9)
    assert not is_prepared_from(path, "other", 13, 9)
    assert not is_prepared_from(path, "digest", 9, 13)
    path.write_bytes(encode_png(np.zeros((9, 13, 3), np.uint8)))
    assert not is_prepared_from(path, "digest", 13, 9)
    path.write_bytes(b"damaged")
    assert not is_prepared_from(path, "digest", 13, 9)
