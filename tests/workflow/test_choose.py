"""RECIPE that is a folder or an array file: what is chosen, what the user has the last word on, what is refused."""

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
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
        (lambda p: str(p / "gone"), "Unknown recipe .* A path must lead to .* or to images: a folder, or an .npy"),
    ],
)
def test_folders_that_cannot_be_trained_on(tmp_path, make, sentence):
    with pytest.raises(InputError, match=sentence):
        resolve_recipe(make(tmp_path))


def test_files_that_hold_images_in_another_form(tmp_path):
    for name, sentence in (("a.zip", "is an archive; unpack it"), ("a.png", "is a single image; give the folder")):
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


def test_damaged_files_are_left_to_the_preparation(tmp_path):
    folder = put(tmp_path / "some", 6)
    (tmp_path / "some" / "0.png").write_bytes(b"no image")
    resolved = resolve_recipe(folder)
    assert resolved.looked is not None and (resolved.looked.count, resolved.looked.opened) == (6, 5)
