"""Maps are made once: whatever changes them makes them anew, nothing else does."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.latent.given import codes_of
from zscape.workflow import maps as module
from zscape.workflow.maps import maps_of

MU = np.random.default_rng(0).normal(size=(70, 3)).astype(np.float32)


@pytest.fixture
def counted(monkeypatch) -> list[dict]:
    """The settings of every map that is made."""
    made, make = [], module.tsne_map

    def count(points, **options):
        made.append(options)
        return make(points, **options)

    monkeypatch.setattr(module, "tsne_map", count)
    return made


def test_made_once_for_the_same_codes_and_choice(tmp_path, counted):
    path, codes = tmp_path / "run" / "maps.npz", codes_of(MU)
    first = maps_of(codes, path, seed=2, points=60)
    assert counted == [
        {"perplexity": 30.0, "exaggeration": 12.0, "most_points": 60, "seed": 2},
        {"perplexity": 10.0, "exaggeration": 16.0, "most_points": 60, "seed": 2},
    ]
    before = path.read_bytes()
    again = maps_of(codes, path, seed=2, points=60)
    assert len(counted) == 2 and path.read_bytes() == before
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.coordinates, other.coordinates)
        assert one.used == other.used == 60


@pytest.mark.parametrize("change", ["seed", "points", "codes", "damage"])
def test_made_anew_when_anything_changed(tmp_path, counted, change):
    path = tmp_path / "maps.npz"
    maps_of(codes_of(MU), path, points=60)
    if change == "damage":
        path.write_bytes(path.read_bytes()[:-300])
    codes = codes_of(MU + 1e-3 if change == "codes" else MU)
    records = maps_of(codes, path, seed=int(change == "seed"), points=55 if change == "points" else 60)
    assert len(counted) == 4
    assert records[0].used == (55 if change == "points" else 60)


def test_what_takes_long_is_said_before(tmp_path, monkeypatch):
    notes: list[str] = []
    made = maps_of(codes_of(MU), tmp_path / "one.npz", note=notes.append)
    assert notes == []
    monkeypatch.setattr(module, "tsne_map", lambda points, **options: made[0])
    monkeypatch.setattr(module, "SETTINGS", ((30.0, 12.0),))
    for points, about in ((14_000, "less than a minute"), (20_000, "about a minute"), (140_000, "about 7 minutes")):
        many = codes_of(np.random.default_rng(0).normal(size=(points, 3)))
        maps_of(many, tmp_path / f"{points}.npz", points=points, note=notes.append)
        assert notes.pop() == f"t-SNE of {points:,} points, {about} ..."


def test_reasons_why_there_are_none(tmp_path):
    path = tmp_path / "maps.npz"
    with pytest.raises(InputError, match=r"^Points in 2 dimensions need no t-SNE: their scatter is the map\.$"):
        maps_of(codes_of(MU[:, :2]), path)
    with pytest.raises(InputError, match=r"^There are 30 points; a t-SNE map needs at least 50\.$"):
        maps_of(codes_of(MU[:30]), path)
    assert not path.exists()
