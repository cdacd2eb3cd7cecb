"""`readers.archive`, `readers.zip_pack`, `readers.tar_pack`: image files in a .zip or .tar, read in place."""

import bz2
import gzip
import io
import os
import pickle
import stat
import struct
import tarfile
import warnings
import zipfile

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.readers import zip_pack
from zscape.data.readers.decode import decode_whole
from zscape.data.readers.folder import image_names, list_images, read_folder
from zscape.data.readers.pack import MOST_BYTES, Pack, SourceLost, Unusable


def png(level=0):
    buffer = io.BytesIO()
    Image.new("L", (6, 4), level).save(buffer, "PNG")
    return buffer.getvalue()


FILES = {"b.png": png(2), "deep/er/z.PNG": png(1), "c.png": png(3), "notes.txt": b"x"}
LEFT_OUT = {
    "__MACOSX/b.png": b"fork",
    "deep/._b.png": b"fork",
    ".cache/x.png": png(),
    "run/recipe.yaml": b"",
    "run/f/k.png": png(),
}


def make_zip(path, files, compression=zipfile.ZIP_DEFLATED):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in files.items() if isinstance(files, dict) else files:
                archive.writestr(name, data)
    return path


def make_tar(path, files, **options):
    with tarfile.open(path, "w", **options) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            info = data if isinstance(data, tarfile.TarInfo) else tarfile.TarInfo(name)
            if not isinstance(data, tarfile.TarInfo):
                info.size = len(data)
            archive.addfile(info, None if isinstance(data, tarfile.TarInfo) else io.BytesIO(data))
    return path


MAKERS = [
    pytest.param(lambda path, files: make_zip(path / "photos.zip", files), id="zip"),
    pytest.param(lambda path, files: make_zip(path / "photos.zip", files, zipfile.ZIP_STORED), id="stored"),
    pytest.param(lambda path, files: make_tar(path / "photos.tar", files), id="tar"),
    pytest.param(lambda path, files: make_tar(path / "photos.TAR", files, format=tarfile.USTAR_FORMAT), id="ustar"),
]


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_images_as_in_a_folder(make, tmp_path):
    path = make(tmp_path, {**FILES, **LEFT_OUT})
    raw = read_folder(path)
    assert raw.names == ("b.png", "c.png", "deep/er/z.PNG") and raw.skipped == ()
    assert isinstance(raw.images, Pack)
    assert [int(decode_whole(raw.images.read(i))[0, 0, 0]) for i in range(3)] == [2, 3, 1]
    assert raw.origin.startswith(f"Images from the archive {path.name}, given by the user;")
    assert os.listdir(tmp_path) == [path.name], "nothing is unpacked"
    assert image_names(path) == list(raw.names)


@pytest.mark.parametrize("make", MAKERS)
def test_a_pack_can_be_pickled_and_a_part_of_it_chosen(make, tmp_path, monkeypatch):
    pack = list_images(make(tmp_path, FILES)).pack
    assert pack.read(0) == FILES["b.png"]  # opens the archive
    monkeypatch.chdir("/")
    again = pickle.loads(pickle.dumps(pack.select([0, 2])))
    assert again.names == ("b.png", "deep/er/z.PNG") and again.read(1) == FILES["deep/er/z.PNG"]
    assert len(pickle.dumps(pack)) < 2000


@pytest.mark.parametrize("make", MAKERS)
def test_classes_below_the_archive_s_own_folder(make, tmp_path):
    raw = read_folder(
        make(tmp_path, {"photos/dog/1.png": png(), "photos/cat/2.png": png(), "photos/cat/x/3.png": png()})
    )
    assert raw.label_names == ("cat", "dog") and raw.labels is not None and raw.labels.tolist() == [0, 0, 1]


@pytest.mark.parametrize("make", MAKERS)
def test_names_that_lead_out_odd_ones_and_double_ones(make, tmp_path):
    entries = [
        ("../up.png", png()),
        ("/etc/root.png", png()),
        ("a/../../up.png", png()),
        ("C:/x.png", png()),
        ("./here.png", png(4)),
        ("twice.png", png(5)),
        ("new\nline.png", png(6)),
        ("twice.png", png(7)),
        ("phone/IMG_1.HEIC", b"heic"),
        ("notes.txt", b"no picture"),
    ]
    listing = list_images(make(tmp_path, entries))
    assert listing.pack.names == ("here.png", "new\\nline.png", "twice.png")
    assert decode_whole(listing.pack.read(2))[0, 0, 0] == 7
    outward = "its name leads out of the archive"
    assert sorted(listing.skipped) == [
        ("../up.png", outward),
        ("/etc/root.png", outward),
        ("C:/x.png", outward),
        ("a/../../up.png", outward),
        ("phone/IMG_1.HEIC", ".heic files are not read; make it a JPEG or PNG"),
        ("twice.png", "another entry of the same name comes later, which counts"),
    ]


def test_backslashes_separate_folders_in_archives_of_old_windows_programs(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"x_cat_1.png": png(), "x_dog_2.png": png()})
    path.write_bytes(path.read_bytes().replace(b"x_cat_1", b"x\\cat\\1").replace(b"x_dog_2", b"x\\dog\\2"))
    raw = read_folder(path)
    assert raw.names == ("x/cat/1.png", "x/dog/2.png") and raw.label_names == ("cat", "dog")


def test_names_in_another_encoding(tmp_path):
    path = make_tar(tmp_path / "a.tar", {"caf\udce9.png": png(3)}, format=tarfile.GNU_FORMAT)
    listing = list_images(path)
    assert listing.pack.names == ("caf\\udce9.png",) and listing.pack.read(0) == png(3)


def patched(path, name, at, raw):
    """Overwrite bytes of an entry's line in a zip's table of contents."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    data[entry + at : entry + at + len(raw)] = raw
    path.write_bytes(data)


def test_entries_of_a_zip_that_cannot_be_read_are_skipped_and_listed(tmp_path):
    names = ["encrypted.png", "good.png", "huge.png", "lzma.png", "link.png", "outside.png"]
    path = make_zip(tmp_path / "a.zip", {name: png() for name in names})
    patched(path, "encrypted.png", 8, struct.pack("<H", 1))
    patched(path, "huge.png", 24, struct.pack("<I", 4_000_000_000))
    patched(path, "lzma.png", 10, struct.pack("<H", 14))
    patched(path, "link.png", 38, struct.pack("<I", (stat.S_IFLNK | 0o777) << 16))
    patched(path, "outside.png", 20, struct.pack("<I", 100_000))
    listing = list_images(path)
    assert listing.pack.names == ("good.png",)
    assert dict(listing.skipped) == {
        "encrypted.png": "it is encrypted",
        "huge.png": f"its file has 4,000 MB, more than the {MOST_BYTES / 1e6:,.0f} MB that are read",
        "lzma.png": "it is packed by method 14; only stored (0) and deflated (8) entries are read",
        "link.png": "a link inside an archive; such links are not followed",
        "outside.png": "it is damaged inside the archive",
    }


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damaged_entries_of_a_zip_are_unusable(tmp_path, compression):
    path = make_zip(tmp_path / "a.zip", {"a.png": png(), "b.png": png(1), "c.png": png(2)}, compression)
    data = bytearray(path.read_bytes())
    data[45] ^= 255  # within the first image
    data[data.index(b"PK\x03\x04", 10) + 2] = 0  # the second one's header
    path.write_bytes(data)
    pack = list_images(path).pack
    for position in (0, 1):
        with pytest.raises(Unusable, match=r"^it is damaged inside the archive$"):
            pack.read(position)
    assert pack.read(2) == png(2)


def test_an_entry_that_unpacks_to_more_than_it_states_is_not_unpacked(tmp_path, monkeypatch):
    path = make_zip(tmp_path / "a.zip", {"bomb.png": bytes(5 << 20)})
    patched(path, "bomb.png", 24, struct.pack("<I", 1000))
    unpacked = []
    plain = zip_pack._inflated
    monkeypatch.setattr(zip_pack, "_inflated", lambda data, size: unpacked.append(plain(data, size)) or unpacked[-1])
    with pytest.raises(Unusable, match="damaged"):
        list_images(path).pack.read(0)
    assert len(unpacked[0]) == 1001


def special(name, kind, **fields):
    info = tarfile.TarInfo(name)
    info.type = kind
    for key, value in fields.items():
        setattr(info, key, value)
    return name, info


def test_entries_of_a_tar_that_are_no_files_are_skipped_and_listed(tmp_path):
    entries = [
        ("good.png", png()),
        special("soft.png", tarfile.SYMTYPE, linkname="/etc/passwd"),
        special("hard.png", tarfile.LNKTYPE, linkname="good.png"),
        special("device.png", tarfile.CHRTYPE),
        special("pipe.png", tarfile.FIFOTYPE),
        special("folder.png", tarfile.DIRTYPE),
    ]
    listing = list_images(make_tar(tmp_path / "a.tar", entries))
    assert listing.pack.names == ("good.png",)
    link = "a link inside an archive; such links are not followed"
    assert dict(listing.skipped) == {
        "soft.png": link,
        "hard.png": link,
        "device.png": "no regular file",
        "pipe.png": "no regular file",
    }


def test_long_names_in_every_kind_of_tar(tmp_path):
    name = "/".join(["folder" * 8] * 5) + "/image.png"
    for kind in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        listing = list_images(make_tar(tmp_path / "a.tar", {name: png(9)}, format=kind))
        assert listing.pack.names == (name,) and listing.pack.read(0) == png(9)


def test_html_in_place_of_an_archive(tmp_path):
    for ending in ("zip", "tar"):
        path = tmp_path / f"faces.{ending}"
        path.write_text("\n<!DOCTYPE html><html><body>Virus scan warning</body></html>")
        with pytest.raises(
            InputError,
            match=rf"faces\.{ending} is no {ending} archive: it begins like an HTML page, as a download page does when "
            r"a confirmation or a login is asked for; download it again in a browser\.$",
        ):
            read_folder(path)


@pytest.mark.parametrize(
    ("content", "like"),
    [
        (b"", "it is empty"),
        (gzip.compress(b"x", mtime=0), r"it begins like a gzip file \(\.gz\)"),
        (png(), "it begins like a PNG im"),
    ],
)
@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_other_files_in_place_of_an_archive(tmp_path, ending, content, like):
    (tmp_path / f"a.{ending}").write_bytes(content)
    with pytest.raises(InputError, match=rf"a\.{ending} is no {ending} archive: {like}"):
        read_folder(tmp_path / f"a.{ending}")


def test_a_tar_called_zip_and_the_other_way_round(tmp_path):
    make_tar(tmp_path / "a.zip", FILES)
    with pytest.raises(InputError, match=r"a\.zip is no zip archive: it begins like a \.tar file\.$"):
        read_folder(tmp_path / "a.zip")
    make_zip(tmp_path / "b.tar", FILES)
    with pytest.raises(InputError, match=r"b\.tar is no tar archive: it begins like a \.zip file\.$"):
        read_folder(tmp_path / "b.tar")


def test_cut_off_archives(tmp_path):
    whole = make_zip(tmp_path / "a.zip", FILES)
    whole.write_bytes(whole.read_bytes()[:-30])
    with pytest.raises(
        InputError,
        match=r"a\.zip is damaged or cut off: its table of contents, .* cannot be read; get the file again\.$",
    ):
        read_folder(whole)
    tar = make_tar(tmp_path / "a.tar", FILES)
    data = tar.read_bytes()
    tar.write_bytes(data[:1200])
    with pytest.raises(InputError, match=r"a\.tar is damaged or cut off after 1 entry; get the file again\.$"):
        read_folder(tar)
    tar.write_bytes(data[:1024] + b"\xff" * 512 + data[1536:])  # tarfile would stop there without a word
    with pytest.raises(InputError, match=r"a\.tar is damaged or cut off after 1 entry"):
        read_folder(tar)


def test_a_tar_whose_entry_goes_backwards_ends(tmp_path):
    tar = make_tar(tmp_path / "a.tar", FILES)
    data = bytearray(tar.read_bytes())
    data[1024 + 124 : 1024 + 136] = b"\xff" * 10 + struct.pack(
        ">h", -1536
    )  # a size below zero, as GNU tar writes numbers
    checksum = 256 + sum(data[1024 : 1024 + 148]) + sum(data[1024 + 156 : 1024 + 512])
    data[1024 + 148 : 1024 + 156] = b"%06o\0 " % checksum
    tar.write_bytes(data)
    with pytest.raises(InputError, match=r"a\.tar (is damaged or cut off after 1 entry|is no tar archive)"):
        read_folder(tar)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("a.tar.gz", "gunzip -k a.tar.gz"), ("a.tgz", "gunzip -k a.tgz"), ("a.tar.bz2", "bunzip2 -k a.tar.bz2"),
        ("a.TAR.XZ", "unxz -k a.TAR.XZ"), ("a.tar.zst", "unzstd a.tar.zst"),
    ],
)  # fmt: skip
def test_packed_tars_are_refused_with_the_command(tmp_path, name, command):
    (tmp_path / name).write_bytes(bz2.compress(b"x"))
    with pytest.raises(
        InputError, match=rf"{name} is a packed archive, .*unpack it once with `{command}` and give a\.tar"
    ):
        read_folder(tmp_path / name)


@pytest.mark.parametrize("make", MAKERS)
def test_a_lost_or_changed_archive_is_a_lost_source(make, tmp_path):
    path = make(tmp_path, FILES)
    fresh = [list_images(path).pack for _ in range(3)]
    fresh[0].read(0)
    os.utime(path, ns=(0, 0))
    with pytest.raises(SourceLost, match=r"^The archive .* has changed since its images were listed\.$"):
        fresh[1].read(0)
    path.unlink()
    with pytest.raises(SourceLost, match=r"^The archive .* is gone\.$"):
        fresh[2].read(0)
    assert fresh[0].read(1) == FILES["c.png"], "an open file outlives its name"


@pytest.mark.parametrize("make", MAKERS)
def test_an_archive_that_becomes_shorter_while_it_is_read(make, tmp_path):
    path = make(tmp_path, FILES)
    pack = list_images(path).pack
    pack.read(0)
    with path.open("r+b") as file:
        file.truncate(10)
    with pytest.raises(SourceLost, match=r"has become shorter since its images were listed\.$"):
        pack.read(2)


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_missing_archives_and_folders_called_like_one(tmp_path, name):
    with pytest.raises(InputError, match=rf"There is no file .*{name}\."):
        read_folder(tmp_path / name)
    (tmp_path / name).mkdir()
    (tmp_path / name / "x.png").write_bytes(png())
    assert read_folder(tmp_path / name).names == ("x.png",)


def test_an_archive_without_images_and_one_without_a_usable_one(tmp_path):
    with pytest.raises(InputError, match=r"The archive .*a\.zip holds no image files \(\.png"):
        read_folder(make_zip(tmp_path / "a.zip", {"notes.txt": b"x"}))
    with pytest.raises(
        InputError, match=r"None of the 1 image files in .*b\.zip can be used; the first, \.\./x\.png: its n"
    ):
        read_folder(make_zip(tmp_path / "b.zip", {"../x.png": png()}))


def test_a_large_archive_is_listed_with_little_for_each_worker(tmp_path):
    path = make_zip(tmp_path / "a.zip", {f"{i:06}.jpg": b"x" for i in range(3000)}, zipfile.ZIP_STORED)
    pack = list_images(path).pack
    assert len(pickle.dumps(pack)) < 70 * 3000
    assert pack.table.dtype == np.int64 and pack.table.shape == (3000, 5)  # type: ignore[union-attr]
