"""Films: GIF by Pillow, MP4 by ffmpeg, which a script stands in for."""

import io
import stat
import sys

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.figures import film
from zscape.figures.film import ffmpeg_program, gif, mp4, there_and_back


def frames_of(data):
    frames, durations = [], []
    with Image.open(io.BytesIO(data)) as file:
        assert file.info["loop"] == 0  # for ever
        for number in range(file.n_frames):
            file.seek(number)
            durations.append(file.info["duration"])
            frames.append(np.asarray(file.convert("RGB")))
    return np.stack(frames), durations


def stripes(count, size=(8, 8), channels=1):
    images = np.zeros((count, *size, channels), np.uint8)
    for i in range(count):
        images[i, i % size[0], :, i % channels] = 250 - 9 * i
    return images


def test_there_and_back():
    assert there_and_back(4) == ([0, 1, 2, 3, 2, 1], [560, 80, 80, 560, 80, 80])
    assert there_and_back(4, held=[2])[1] == [560, 80, 560, 560, 560, 80]
    assert there_and_back(2)[0] == [0, 1] and there_and_back(1) == ([0], [560])


@pytest.mark.parametrize(("size", "edge"), [((8, 8), (192, 192)), ((28, 20), (196, 140)), ((200, 300), (200, 300))])
def test_grey_images_keep_every_grey(size, edge):
    images = stripes(5, size)
    frames, durations = frames_of(gif(images))
    assert frames.shape == (8, *edge, 3) and durations == [560, 80, 80, 80, 560, 80, 80, 80]
    scale = edge[0] // size[0]
    np.testing.assert_array_equal(frames[[0, 1, 2, 3, 4], ::scale, ::scale, :1], images)
    np.testing.assert_array_equal(frames[5:], frames[[3, 2, 1]])


def test_colour_images_share_one_palette():
    rng = np.random.default_rng(0)
    base = rng.integers(0, 256, (1, 6, 6, 3)).astype(np.uint8)
    images = np.concatenate([base, 255 - base, base // 2])
    frames, _ = frames_of(gif(images))
    assert len(frames) == 4
    assert np.abs(frames[:3, ::32, ::32].astype(int) - images).max() < 24  # 108 colours of 256
    assert len(np.unique(frames.reshape(-1, 3), axis=0)) <= 256


def test_images_that_are_no_film():
    for make in (gif, mp4):
        with pytest.raises(InputError, match=r"A film got images of shape \(2, 8, 8, 2\) and dtype uint8"):
            make(np.zeros((2, 8, 8, 2), np.uint8))


def program(path, body):
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_mp4_hands_ffmpeg_frames_of_even_size_and_takes_the_file(tmp_path):
    script = program(
        tmp_path / "ffmpeg",
        "data = sys.stdin.buffer.read()\nopen(sys.argv[-1], 'wb').write(repr((sys.argv[1:-1], len(data))).encode())",
    )
    made = mp4(stripes(3, (33, 25)), program=script).decode()
    # 33 x 25 pixels six times as large, and a row or column more where odd: 198 x 150.
    assert "'-video_size', '150x198'" in made and "'libx264'" in made and "'yuv420p'" in made
    # 560 ms at each end, 80 ms in the middle there and back, 25 frames per second, 3 bytes a pixel.
    assert made.endswith(f", {(14 + 2 + 14 + 2) * 150 * 198 * 3})")


def test_odd_sizes_get_a_row_and_a_column_more(tmp_path):
    script = program(tmp_path / "ffmpeg", "sys.stdin.buffer.read()\nopen(sys.argv[-1], 'w').write(' '.join(sys.argv))")
    assert "-video_size 202x202" in mp4(stripes(2, (201, 201)), program=script).decode()


def test_an_ffmpeg_without_h264_falls_back(tmp_path):
    script = program(
        tmp_path / "ffmpeg",
        "sys.stdin.buffer.read()\nif 'libx264' in sys.argv: sys.exit('no')\nopen(sys.argv[-1], 'w').write('made')",
    )
    assert mp4(stripes(2), program=script) == b"made"


def test_an_ffmpeg_that_fails_says_why(tmp_path):
    script = program(tmp_path / "ffmpeg", "sys.exit('Unknown encoder\\n')")
    with pytest.raises(InputError, match=r"ffmpeg could not make the film \(Unknown encoder\); take a \.gif instead\."):
        mp4(stripes(2), program=script)


def test_where_ffmpeg_comes_from(monkeypatch):
    monkeypatch.setattr(film.shutil, "which", lambda name: f"/there/{name}")
    assert ffmpeg_program() == "/there/ffmpeg"
    monkeypatch.setattr(film.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", type("Package", (), {"get_ffmpeg_exe": lambda: "brought"}))
    assert ffmpeg_program() == "brought"


def test_no_ffmpeg_at_all(monkeypatch):
    monkeypatch.setattr(film.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(InputError, match=r"An \.mp4 needs the program ffmpeg, which was not found: install it \(apt"):
        ffmpeg_program()
