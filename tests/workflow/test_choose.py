"""RECIPE that is a folder or an array file: what is chosen, what the user has the last word on, what is refused."""

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.data import look
from zscape.data.prepare import open_store
from zscape.data.store import Store
from zscape.workflow.choose import resolve_recipe


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for i in range(12):
        path = tmp_path / "photos.2024" / ("cat", "dog")[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (70 + i, 90, 3), np.uint8)).save(path)
    return tmp_path / "photos.2024"


def test_a_folder_is_enough(photos):
    resolved = resolve_recipe("photos.2024")
    recipe = resolved.recipe
    assert (recipe.data.source, recipe.data.path, recipe.image_shape) == ("folder", "photos.2024", (64, 64, 3))
    assert recipe.model.filters == (32, 64, 128) and recipe.model.z_dim == 4
    assert recipe.objective.weight.beta == 8.1 and recipe.training.batch_size == 16
    assert resolved.name == "photos.2024"
    sentences = resolved.sentences()
    assert sentences[0] == "12 images in 2 classes in photos.2024: a recipe is chosen, key=value changes it"
    assert sentences[1].startswith("  data.size=[64,64]: the images' shorter sides are 70 to 81 pixels; ")
    assert len(sentences) == 1 + len(resolved.choices) == 13
    record = resolved.record()
    assert record["images"] == "photos.2024" and str(photos) not in str(record)
    assert {"key": "data.channels", "value": 3, "why": "there are colours"} in record["choices"]


def test_settings_win_and_other_choices_go_by_them(photos):
    stated = ["data.size=32", "model.z_dim=7", "objective.weight.fact=1", "objective.weight.convention=tape"]
    resolved = resolve_recipe("photos.2024", [*stated, "training.epochs=3"])
    recipe = resolved.recipe
    assert recipe.data.size == (32, 32) and recipe.model.z_dim == 7 and len(recipe.model.filters) == 2
    assert recipe.objective.weight.fact == 1 and recipe.objective.weight.beta is None
    assert recipe.training.epochs == 3
    keys = {choice.key for choice in resolved.choices}
    assert not keys & {"data.size", "model.z_dim", "objective.weight.beta", "training.epochs"}
    assert resolve_recipe("photos.2024", ["model.kind=ae"]).recipe.notes() == []


def test_wrong_settings_are_said_as_ever(photos):
    with pytest.raises(InputError, match=r"model\.z_dim: must be at least 1; received 0\."):
        resolve_recipe("photos.2024", ["model.z_dim=0"])
    with pytest.raises(InputError, match=r"size: must be at least 1.*received 0"):
        resolve_recipe("photos.2024", ["data.size=0"])
    with pytest.raises(InputError, match=r"data: must be a group of keys; received 3\."):
        resolve_recipe("photos.2024", ["data=3"])
    with pytest.raises(InputError, match=r"named twice: as RECIPE \(photos\.2024\) and as data\.path"):
        resolve_recipe("photos.2024", ["data.path=elsewhere"])


def test_the_folder_one_is_in_and_grey_pictures_saved_in_colour(photos, monkeypatch):
    for path in photos.rglob("*.png"):
        Image.open(path).convert("L").convert("RGB").save(path)
    monkeypatch.chdir(photos)
    resolved = resolve_recipe(".")
    assert resolved.name == "photos.2024" and resolved.recipe.data.channels == 1


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_array_files(tmp_path, name):
    images = np.random.default_rng(0).integers(0, 256, (30, 9, 9), np.uint8)
    np.save(tmp_path / name, images) if name == "x.npy" else np.savez(tmp_path / name, x=images, y=np.arange(30) % 3)
    resolved = resolve_recipe(str(tmp_path / name))
    assert resolved.recipe.data.source == "array" and resolved.recipe.image_shape == (9, 9, 1)
    assert resolved.name == "x"
    assert resolved.sentences()[0].startswith("30 images in 3 classes" if name == "x.npz" else "30 images in x:")


def test_a_store(tiny_store: Store):
    resolved = resolve_recipe(str(tiny_store.directory))
    assert resolved.recipe.image_shape == (8, 8, 1) and resolved.looked is not None and resolved.looked.count == 44


def test_a_name_comes_before_a_folder(photos, monkeypatch):
    (photos.parent / "digits").mkdir()
    assert resolve_recipe("digits").choices == ()


def broken(file):
    file.write_bytes(b"no image")
    return ""


def put(folder, count, size=(20, 20)):
    folder.mkdir()
    for i in range(count):
        Image.new("RGB", size, (i, i, i)).save(folder / f"{i}.png")
    return str(folder)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda p: put(p / "none", 0), "The folder .*none holds no image files"),
        (
            lambda p: put(p / "one", 1),
            "There is only 1 image, too few to be split into training, validation and test: ",
        ),
        (lambda p: put(p / "two", 2), "There are only 2 images, too few to be split"),
        (lambda p: put(p / "dots", 5, (1, 1)), "it has 1x1 pixels, the smallest size that makes sense is 4x4"),
        (lambda p: put(p / "broken", 3) + broken(p / "broken" / "0.png"), "There are only 2 images, too few"),
    ],
)
def test_folders_that_cannot_be_trained_on(tmp_path, make, sentence):
    with pytest.raises(InputError, match=sentence):
        resolve_recipe(make(tmp_path))


def test_files_that_hold_images_in_another_form(tmp_path):
    for name, sentence in (
        ("a.zip", "a.zip is no zip archive: it is empty"),
        ("a.png", "is a single image; give the folder"),
    ):
        (tmp_path / name).touch()
        with pytest.raises(InputError, match=sentence):
            resolve_recipe(str(tmp_path / name))
    np.save(tmp_path / "dots.npy", np.zeros((9, 1, 1), np.uint8))
    with pytest.raises(InputError, match="The first image is too small: it has 1x1 pixels"):
        resolve_recipe(str(tmp_path / "dots.npy"))


def test_a_run_is_no_folder_of_images(tmp_path):
    put(tmp_path / "run", 5)
    (tmp_path / "run" / "recipe.yaml").touch()
    with pytest.raises(InputError, match="is a run directory, not a folder of images; `zscape report"):
        resolve_recipe(str(tmp_path / "run"))


def test_damaged_files_do_not_count(tmp_path):
    folder = put(tmp_path / "some", 16)
    broken(tmp_path / "some" / "0.png")
    Image.new("L", (2, 2)).save(tmp_path / "some" / "1.png")
    resolved = resolve_recipe(folder)
    looked = resolved.looked
    assert looked is not None and (looked.count, looked.opened) == (14, 14)
    assert dict(looked.skipped) == {
        "0.png": "not an image in a format that Pillow knows",
        "1.png": "it has 2x2 pixels, the smallest size that makes sense is 4x4",
    }
    assert resolved.sentences()[0].startswith("14 images in some: ")
    why = {choice.key: choice.why for choice in resolved.choices}
    assert why["model.z_dim"] == "the least that is chosen, as there are only 14 images"
    assert why["training.batch_size"] == "for 12 training images" == f"for {trained_on(resolved)} training images"


def trained_on(resolved):
    return len(open_store(resolved.recipe.data).split("train"))


def test_where_not_all_files_are_opened_files_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(look, "MOST_OPENED", 5)
    folder = put(tmp_path / "some", 12)
    resolved = resolve_recipe(folder)
    assert resolved.sentences()[0].startswith("12 image files in some: ")
    assert "  data.channels=1: the 5 images looked at are grey" in resolved.sentences()
    assert "  training.batch_size=16: for about 10 training images" in resolved.sentences()


@pytest.mark.parametrize(
    ("settings", "count"),
    [((), 30), (("data.splits.validation=5",), 30), (("data.limit=15",), 30), (("data.splits.test=0.4",), 15)],
)
def test_the_training_images_spoken_of_are_those_trained_on(tmp_path, settings, count):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).integers(0, 256, (count, 8, 8), np.uint8))
    resolved = resolve_recipe(str(tmp_path / "x.npy"), settings)
    why = {choice.key: choice.why for choice in resolved.choices}["training.batch_size"]
    assert why == f"for {trained_on(resolved)} training images"


def test_also_of_images_with_parts_of_their_own_and_of_a_store(tmp_path, tiny_store):
    train, test = np.zeros((20, 8, 8), np.uint8), np.zeros((10, 8, 8), np.uint8)
    np.savez(tmp_path / "x.npz", x_train=train, x_test=test)
    for path, settings in (
        (tmp_path / "x.npz", ()),
        (tmp_path / "x.npz", ("data.limit=15",)),
        (tiny_store.directory, ()),
    ):
        resolved = resolve_recipe(str(path), settings)
        why = {choice.key: choice.why for choice in resolved.choices}["training.batch_size"]
        assert why == f"for {trained_on(resolved)} training images"


@pytest.mark.parametrize(
    ("recipe", "sentence"),
    [
        ("./pictures_", "There is no file or folder ./pictures_; did you mean 'pictures'?"),
        ("picturs", "There is no file or folder picturs; did you mean 'pictures'?"),
        ("picturs/", "There is no file or folder picturs/; did you mean 'pictures'?"),
        ("inner/shaps.npy", "There is no file or folder inner/shaps.npy; did you mean 'inner/shapes.npy'?"),
        ("mnst.yaml", "There is no file or folder mnst.yaml; did you mean 'mnist'?"),
        ("nowhere/at/all", "There is no file or folder nowhere/at/all."),
        ("xyz.npz", "There is no file or folder xyz.npz."),
        ("digts", "Unknown recipe 'digts'. Did you mean 'digits'? Known: "),
        ("qqqq", "Unknown recipe 'qqqq'. Known: "),
        ("notes.txt", "notes.txt is neither a recipe (.yaml) nor images: give a recipe's name or file, a folder of "),
    ],
)
def test_a_mistyped_path_is_told_from_a_mistyped_name(tmp_path, monkeypatch, recipe, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "shapes.npy").touch()
    (tmp_path / "notes.txt").write_text("milk, bread")
    with pytest.raises(InputError) as caught:
        resolve_recipe(recipe)
    assert str(caught.value).startswith(sentence)
