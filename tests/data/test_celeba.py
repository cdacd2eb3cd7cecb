"""Source `celeba` and `readers.celeba`: images joined to text files by their names."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.readers.celeba import TextFile, read_attributes, read_factors, read_partition
from zscape.data.readers.decode import decode_fitted, decode_whole
from zscape.data.readers.pack import Pack
from zscape.data.resize import plan_fit
from zscape.data.sources.catalog import read_source
from zscape.data.sources.celeba_layout import read_celeba
from zscape.specs.data import DataSpec
from zscape.specs.sources import SOURCES

NAMES = [f"{i:06}.jpg" for i in range(1, 6)]
TXT = (
    "5\nEyeglasses Smiling Wearing_Hat \n"
    "000003.jpg  1 -1 -1\n000001.jpg -1  1 -1\n000002.jpg -1 -1 -1\n000005.jpg  1  1  1\n000004.jpg -1 -1  1\n"
)
EXPECTED = [[0, 1, 0], [0, 0, 0], [1, 0, 0], [0, 0, 1], [1, 1, 1]]
PARTITION = "000001.jpg 0\n000002.jpg 0\n000005.jpg 2\n000004.jpg 1\n000003.jpg 0\n"


def face(level, size=(178, 218)):
    buffer = io.BytesIO()
    Image.new("RGB", size, (level, level, level)).save(buffer, "JPEG")
    return buffer.getvalue()


def write_images(folder, names=NAMES, size=(89, 109)):
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(face(int(name[:6]) * 10, size))


def read(path) -> RawImages:
    return read_source(DataSpec(source="celeba", path=str(path)))


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "CelebA"
    write_images(root / "img_align_celeba")
    (root / "list_attr_celeba.txt").write_text(TXT)
    (root / "list_eval_partition.txt").write_text(PARTITION)
    return root


def check(raw, names=NAMES):
    assert isinstance(raw.images, Pack)
    assert [name.rpartition("/")[2] for name in raw.names or ()] == names
    assert raw.attribute_names == ("Eyeglasses", "Smiling", "Wearing_Hat")
    assert raw.attributes is not None and raw.attributes.dtype == bool
    numbers = [int(name[:6]) for name in names]
    assert raw.attributes.astype(int).tolist() == [EXPECTED[i - 1] for i in numbers]
    levels = [int(decode_whole(raw.images.read(i)).mean()) for i in range(len(raw))]
    np.testing.assert_allclose(levels, [i * 10 for i in numbers], atol=1)


def test_a_folder_with_its_text_files_joined_by_name(folder):
    raw = read(folder)
    check(raw)
    assert raw.parts is not None and raw.parts.dtype == np.uint8 and raw.parts.tolist() == [0, 0, 0, 1, 2]
    assert raw.labels is None and raw.factors is None and raw.skipped == ()
    assert (
        "research only" in raw.origin
        and "may not be passed on" in raw.origin
        and raw.origin.endswith("whole or in part.")
    )


def test_the_folder_of_the_images_finds_the_text_files_above_it(folder):
    check(read(folder / "img_align_celeba"))


def zip_of(path, prefix="img_align_celeba/", **texts):
    with zipfile.ZipFile(path, "w") as archive:
        for name in NAMES:
            archive.writestr(prefix + name, face(int(name[:6]) * 10))
        for name, text in texts.items():
            archive.writestr(name.replace("__", "."), text)
    return path


def test_the_authors_folders_with_a_zip(tmp_path):
    for name in ("Img", "Anno", "Eval"):
        (tmp_path / name).mkdir()
    zip_of(tmp_path / "Img" / "img_align_celeba.zip")
    (tmp_path / "Anno" / "list_attr_celeba.txt").write_text(TXT)
    (tmp_path / "Eval" / "list_eval_partition.txt").write_text(PARTITION)
    raw = read(tmp_path)
    check(raw)
    assert raw.parts is not None and raw.parts.tolist() == [0, 0, 0, 1, 2]


def test_a_zip_with_the_text_files_beside_it(tmp_path):
    (tmp_path / "list_attr_celeba.txt").write_text(TXT)
    raw = read(zip_of(tmp_path / "img_align_celeba.zip"))
    check(raw)
    assert raw.parts is None


def csv_of(text, first):
    lines = [line.split() for line in text.splitlines() if not line.strip().isdigit()]
    header = [first, *lines.pop(0)]
    return "\r\n".join(",".join(line) for line in [header, *lines]) + "\r\n"


def test_kaggle_s_archive_and_what_it_unpacks_to(tmp_path):
    attributes = csv_of(TXT, "image_id")
    partition = csv_of("partition\n" + PARTITION, "image_id")
    texts = {"list_attr_celeba__csv": attributes, "list_eval_partition__csv": partition}
    raw = read(zip_of(tmp_path / "archive.zip", "img_align_celeba/img_align_celeba/", **texts))
    check(raw)
    assert raw.parts is not None and raw.parts.tolist() == [0, 0, 0, 1, 2]
    write_images(tmp_path / "out" / "img_align_celeba" / "img_align_celeba")
    (tmp_path / "out" / "list_attr_celeba.csv").write_text(attributes)
    check(read(tmp_path / "out"))


def test_images_without_text_files_say_so(tmp_path):
    write_images(tmp_path / "faces")
    raw = read(tmp_path / "faces")
    assert raw.attributes is None and raw.parts is None and len(raw) == 5
    assert raw.origin.endswith(". There was no list_attr_celeba.txt, so there are no attributes.")


def test_images_without_a_line_are_skipped_and_lines_without_image_counted(folder):
    write_images(folder / "more", ["000009.jpg"])
    (folder / "more" / "000009.jpg").rename(folder / "img_align_celeba" / "000009.jpg")
    (folder / "img_align_celeba" / "000002.jpg").unlink()
    (folder / "list_eval_partition.txt").write_text(PARTITION.replace("000005.jpg 2\n", ""))
    raw = read(folder)
    check(raw, ["000001.jpg", "000003.jpg", "000004.jpg"])
    assert raw.skipped == (
        ("000005.jpg", "no line in list_eval_partition.txt"),
        ("000009.jpg", "no line in list_attr_celeba.txt"),
    )
    assert ". 1 line of list_attr_celeba.txt without an image. 1 line of list_eval_partition.txt without" in raw.origin


def test_a_wrong_count_in_the_first_line_is_noted_and_none_is_needed(folder):
    (folder / "list_attr_celeba.txt").write_text(TXT.replace("5\n", "202599\n", 1))
    raw = read(folder)
    check(raw)
    assert ". list_attr_celeba.txt states 202,599 lines and has 5, which count." in raw.origin
    (folder / "list_attr_celeba.txt").write_text(TXT.removeprefix("5\n"))
    check(read(folder))


def test_no_image_has_a_line(folder):
    (folder / "list_attr_celeba.txt").write_text("1\nSmiling\nother.jpg 1\n")
    with pytest.raises(
        InputError, match=r"None of the 5 images in .* the first, 000001\.jpg: no line in list_attr_celeba\.txt\.$"
    ):
        read(folder)


def test_two_images_of_one_name(tmp_path):
    write_images(tmp_path / "a", NAMES[:2])
    write_images(tmp_path / "b", NAMES[:1])
    with pytest.raises(InputError, match=r"Two images in .* are called 000001\.jpg; they are joined to CelebA's text"):
        read(tmp_path)


def test_no_images_and_no_path(tmp_path):
    with pytest.raises(
        InputError, match=r"holds no images; for source 'celeba', data\.path must be the folder or \.zip"
    ):
        read(tmp_path)
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        read(tmp_path / "nowhere")


def test_factors_of_synthetic_faces(folder):
    rows = ["name,yaw,skin", *(f"{name},{int(name[:6]) / 4},-1e-3" for name in reversed(NAMES))]
    (folder / "factors.csv").write_text("\n".join(rows) + "\n")
    raw = read_celeba(folder, "Synthetic faces")
    assert raw.factor_names == ("yaw", "skin") and raw.factors is not None and raw.factors.dtype == np.float32
    np.testing.assert_allclose(raw.factors, [[i / 4, -1e-3] for i in range(1, 6)], rtol=1e-6)
    assert raw.origin == "Synthetic faces."


def test_the_facts():
    facts = SOURCES["celeba"]
    assert facts.restricted and facts.crop == "celeba-face" and facts.channels == 3 and facts.needs_path
    spec = DataSpec(source="celeba", path="x", size=64)
    assert spec.image_shape == (64, 64, 3) and spec.crop_rule == "celeba-face"


def test_the_face_is_cut_out(folder):
    raw = read(folder)
    assert isinstance(raw.images, Pack)
    spec = DataSpec(source="celeba", path=str(folder), size=32)
    fit = plan_fit([(109, 89, 3)], spec)
    assert fit.box((109, 89)) == (12, 30, 76, 94)
    assert decode_fitted(raw.images.read(0), fit).shape == (32, 32, 3)


def refused(reader, text, name="list.txt"):
    with pytest.raises(InputError) as caught:
        reader(TextFile(name, text if isinstance(text, bytes) else text.encode()))
    return str(caught.value)


def test_wrong_lines_are_named():
    again = "the file may be cut off, get it again."
    assert refused(read_attributes, "") == "list.txt is empty; it should hold the attributes of CelebA's images."
    assert refused(read_attributes, "2\n") == refused(read_attributes, "")
    assert refused(read_attributes, "A B\nx.jpg 1\n") == (
        f"list.txt, line 2: expected an image's name and 2 values, received 1; {again}"
    )
    assert refused(read_attributes, "1\nA B\n\nx.jpg 1 2\n").startswith(
        "list.txt, line 4: an attribute is 1 or -1, recei"
    )
    assert refused(read_attributes, "A\nx.jpg 1\nx.jpg 1\n") == "list.txt, line 3: the image x.jpg has a line already."
    assert refused(read_attributes, "A A\nx.jpg 1 1\n").startswith(
        "list.txt: the line of names should hold one or more di"
    )
    assert refused(read_attributes, b"\xff\xfe\x00") == "list.txt is not a text file; get it again."
    assert refused(read_partition, "x.jpg 3\n") == (
        "list.txt, line 1: a part is 0 (train), 1 (validation) or 2 (test), received '3'."
    )
    assert refused(read_partition, "x.jpg\n").startswith(
        "list.txt, line 1: expected an image's name and 1 value, received 0"
    )
    for wrong in ("nan", "inf", "x"):
        assert refused(read_factors, f"name,yaw\na.jpg,{wrong}\n", "factors.csv") == (
            f"factors.csv, line 2: factors are finite numbers, received {wrong}."
        )
    assert refused(read_factors, "", "factors.csv").startswith("factors.csv: the line of names should hold")


def test_a_text_file_that_cannot_be_read(folder, monkeypatch):
    from pathlib import Path

    def closed(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    with pytest.raises(InputError, match=r"list_attr_celeba\.txt cannot be read: Permission denied\.$"):
        read(folder)
