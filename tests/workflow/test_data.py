"""What makes other images fit for the networks of a run."""

import zipfile

import numpy as np
import pytest

from zscape.specs.recipe import parse_recipe
from zscape.workflow.data import _spec_like


@pytest.fixture
def places(tmp_path, tiny_store):
    """Paths of every kind, with names only where nothing is read."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "img_align_celeba").mkdir()
    (tmp_path / "drawn" / "img_align_celeba").mkdir(parents=True)
    (tmp_path / "drawn" / "factors.csv").write_text("name,yaw\n")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as opened:
        opened.writestr("a.png", b"")
    np.save(tmp_path / "a.npy", np.zeros((3, 8, 8)))
    return tmp_path, tiny_store.directory


def recipe(size=(8, 8), **data):
    return parse_recipe({"data": {"size": size, "channels": 1, **data}, "model": {"filters": [4], "z_dim": 2}})


def test_the_source_is_told_by_the_looks(places):
    folder, store = places
    for name, source in (
        ("photos", "folder"),
        ("photos.zip", "folder"),
        ("img_align_celeba", "celeba"),
        ("drawn", "faces"),
        ("a.npy", "array"),
    ):
        spec = _spec_like(recipe(), folder / name)
        assert (spec.source, spec.size, spec.channels) == (source, (8, 8), 1)
    assert _spec_like(recipe(), store).source == "folder"


def test_images_of_the_run_s_own_kind_are_cropped_as_its_own_were(places):
    folder, _ = places
    own = recipe(source="folder", path="x", crop="1,2,30,30")
    assert _spec_like(own, folder / "photos").crop_rule == "1,2,30,30"
    assert _spec_like(own, folder / "img_align_celeba").crop_rule == "celeba-face"
    faces = recipe(source="celeba", path="x")
    assert _spec_like(faces, folder / "img_align_celeba").crop_rule == "celeba-face"
    assert _spec_like(faces, folder / "photos").crop_rule == "center"
    squares = recipe(source="celeba", path="x", crop="center-square")
    assert _spec_like(squares, folder / "img_align_celeba").crop_rule == "center-square"


def test_a_square_is_not_stretched(places):
    folder, _ = places
    assert _spec_like(recipe(size=(8, 6)), folder / "img_align_celeba").crop_rule == "center"


def test_black_and_white_images_stay_so(places):
    folder, _ = places
    assert _spec_like(recipe(binarize="dynamic"), folder / "photos").binarize == "static"
    assert _spec_like(recipe(), folder / "photos").binarize == "none"
