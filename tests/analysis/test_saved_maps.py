from dataclasses import fields, replace

import numpy as np
import pytest

from zscape.analysis.projection import MapRecord
from zscape.analysis.saved_maps import load_maps, save_maps
from zscape.core.errors import InputError

RANDOM = np.random.default_rng(0)
MAP = MapRecord(
    rows=np.arange(0, 100, 2),
    coordinates=RANDOM.normal(size=(50, 2)).astype(np.float32),
    count=100,
    z_dim=8,
    seed=3,
    perplexity=16.0,
    exaggeration=12.0,
    dimensions=7,
    variance_share=0.9,
    kl=1.25,
    neighbours=10,
    neighbours_kept=0.5,
    neighbours_by_chance=10 / 49,
    asked=50,
    note="Lowered.",
)
OTHER = replace(MAP, coordinates=RANDOM.normal(size=(50, 2)).astype(np.float32), kl=2.5, note=None)


def test_what_is_saved_comes_back(tmp_path):
    path = tmp_path / "maps.npz"
    save_maps(path, (MAP, OTHER), "the checksum")
    maps, of = load_maps(path)
    assert of == "the checksum" and len(maps) == 2
    for one, other in zip(maps, (MAP, OTHER), strict=True):
        for field in fields(MapRecord):
            ours, theirs = getattr(one, field.name), getattr(other, field.name)
            assert type(ours) is type(theirs)
            np.testing.assert_array_equal(ours, theirs)
    before = path.read_bytes()
    save_maps(path, (MAP, OTHER), "the checksum")
    assert path.read_bytes() == before


def test_damaged_files_are_named(tmp_path):
    path = tmp_path / "maps.npz"
    with pytest.raises(InputError, match="There is no file"):
        load_maps(path)
    np.savez(path, rows=np.arange(3))
    with pytest.raises(InputError, match=r"maps\.npz holds no maps: it lacks coordinates, notes, of, .*made anew"):
        load_maps(path)
    save_maps(path, (replace(MAP, coordinates=np.full((50, 2), np.nan)),), "x")
    with pytest.raises(InputError, match=r"maps\.npz holds no usable maps; delete it, and it is made anew\.$"):
        load_maps(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="damaged or cut off"):
        load_maps(path)
