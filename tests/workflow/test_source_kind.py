"""What lies at a path, told by its looks."""

import tarfile
import zipfile

import pytest

from zscape.core.errors import InputError
from zscape.specs.compose import stated_values
from zscape.specs.sources import SOURCES
from zscape.workflow.choose import resolve_recipe
from zscape.workflow.source_kind import kind_of, source_of, with_source


def files(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["a.jpg", "b.jpg"], "folder"),
        (["cats/a.jpg", "dogs/b.jpg"], "folder"),
        (["img_align_celeba/000001.jpg"], "celeba"),
        (["img_align_celeba.zip", "list_attr_celeba.csv"], "celeba"),
        (["list_eval_partition.txt", "faces/000001.jpg"], "celeba"),
        (["Img/img_align_celeba.zip", "Anno/list_attr_celeba.txt"], "celeba"),
        (["data_batch_1.bin", "test_batch.bin"], "cifar10"),
        ([".hidden/img_align_celeba/a.jpg", "a.jpg"], "folder"),
    ],
)
def test_folders(tmp_path, names, kind):
    assert kind_of(files(tmp_path / "data", *names)) == kind


def test_the_folder_of_the_faces_itself(tmp_path):
    assert kind_of(files(tmp_path / "img_align_celeba", "000001.jpg")) == "celeba"


@pytest.mark.parametrize(("inside", "kind"), [("img_align_celeba/000001.jpg", "celeba"), ("pets/1.jpg", "folder")])
def test_archives(tmp_path, inside, kind):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        opened.writestr(inside, b"x")
    source = files(tmp_path / "source", inside)
    with tarfile.open(tmp_path / "a.tar", "w") as opened:
        opened.add(source / inside, inside)
    assert kind_of(tmp_path / "a.zip") == kind_of(tmp_path / "a.tar") == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.npy", "array"),
        ("a.NPZ", "array"),
        ("t10k-images-idx3-ubyte.gz", "array"),
        ("broken.zip", "folder"),  # its reader says what is wrong with it
        ("img_align_celeba.zip", "celeba"),
        ("broken.tar", "folder"),
        ("pets.tar.gz", "folder"),
        ("cifar-10-binary.tar.gz", "cifar10"),
    ],
)
def test_files(tmp_path, name, kind):
    assert kind_of(files(tmp_path, name) / name) == kind


def test_what_cannot_be_prepared(tmp_path, tiny_store):
    for names, sentence in (
        (["recipe.yaml"], "is a run directory, not a folder of images; give the folder of its images."),
        (["train-images-idx3-ubyte.gz"], "have them; say which: --name mnist or --name fashion_mnist."),
    ):
        with pytest.raises(InputError, match=sentence):
            kind_of(files(tmp_path / names[0].replace(".", "_"), *names))
    with pytest.raises(InputError, match=r"is a single image; give the folder of all images\.$"):
        kind_of(files(tmp_path, "a.jpg") / "a.jpg")
    with pytest.raises(InputError, match=r"a\.txt is no kind of file that can be prepared; expected a folder, \.zip"):
        kind_of(files(tmp_path, "a.txt") / "a.txt")
    with pytest.raises(InputError, match=r"tiny is a store already; use it as it is: zscape run .*tiny$"):
        kind_of(tiny_store.directory)


def test_a_name_goes_before_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files(tmp_path / "digits", "a.png")
    assert source_of("digits") == ("digits", None) and source_of("./digits") == ("folder", "./digits")
    assert all(source_of(name) == (name, None) for name, facts in SOURCES.items() if not facts.needs_path)
    with pytest.raises(InputError, match=r"^There is no file or folder digts; did you mean 'digits'\?$"):
        source_of("digts")
    with pytest.raises(InputError, match=r"^There is no file or folder photos, nor is it one of digits, mnist"):
        source_of("photos")
    with pytest.raises(InputError, match=r"^There is no file or folder celeba"):
        source_of("celeba")  # which needs a path


def test_a_path_as_data_source_becomes_source_and_path_in_any_recipe(tmp_path):
    folder = files(tmp_path / "my: photos #1", "img_align_celeba/000001.jpg")
    given = ["training.epochs=2", f"data.source={folder}", "data.size=32"]
    assert stated_values(with_source(given)) == {
        "training": {"epochs": 2},
        "data": {"source": "celeba", "path": str(folder), "size": 32},
    }
    data = resolve_recipe("digits", given).recipe.data
    assert (data.source, data.path, data.size) == ("celeba", str(folder), (32, 32))


def test_a_store_as_data_source_is_opened_as_what_it_is(tiny_store):
    assert with_source([f"data.source={tiny_store.directory}"]) == [
        f"data.source={tiny_store.manifest['source']}",
        f'data.path="{tiny_store.directory}"',
    ]


@pytest.mark.parametrize("text", ["data.source=digits", "data.source=digts", "data.source=", "data.source", "seed=1"])
def test_what_is_no_path_stays_for_the_recipe_to_judge(text):
    assert with_source([text]) == [text]


def test_images_named_twice(tmp_path):
    with pytest.raises(InputError, match=rf"The images are named twice: data.source={tmp_path} and data.path; leave"):
        with_source(["data.path=x", f"data.source={tmp_path}"])
