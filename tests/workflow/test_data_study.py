"""data.json and the contact sheet."""

from dataclasses import replace

import numpy as np

from zscape.data.prepare import write_store
from zscape.data.raw import RawImages
from zscape.runs.directory import RunDirectory
from zscape.specs.data import DataSpec
from zscape.workflow.data_study import contact_sheet, data_record, study_data


def test_data_json_has_the_keys_that_the_report_reads(tiny_recipe, tiny_store, tmp_path):
    run = RunDirectory(tmp_path)
    run.write_recipe(tiny_recipe())
    study_data(run, tiny_store)
    record = run.read("data.json")
    assert set(record) == {"count", "splits", "image_shape", "skipped", "near_duplicates", "linear_baseline"}
    assert (record["count"], record["image_shape"]) == (44, [8, 8, 1])
    assert record["splits"] == {"train": 28, "validation": 9, "test": 7}
    assert set(record["near_duplicates"]) == {"pairs", "count", "across_splits", "rule"}
    baseline = record["linear_baseline"]
    assert set(baseline) == {"z_dim", "fitted_on", "measured_on", "psnr", "mse", "reconstruction", "rule"}
    assert (baseline["z_dim"], baseline["fitted_on"], baseline["measured_on"]) == (3, 28, "test")
    assert 5 < baseline["psnr"] < 40 and baseline["reconstruction"] > 0
    assert (tmp_path / "figures" / "contact_sheet.png").read_bytes()[:4] == b"\x89PNG"


def copies_store(tmp_path, count=600):
    images = np.random.default_rng(0).integers(0, 256, (count, 6, 6, 1), np.uint8)
    images[count // 2 :] = images[: count // 2]
    names = tuple(f"{i}.png" for i in range(count))
    raw = RawImages(images, None, None, None, names, "Made for a test.", skipped=(("bad.png", "cut off"),))
    return write_store(raw, DataSpec(), tmp_path / "store")


def test_pairs_are_named_and_those_across_splits_come_first(tiny_recipe, tmp_path):
    store = copies_store(tmp_path)
    record = data_record(store, tiny_recipe())
    near = record["near_duplicates"]
    codes = store.splits
    assert near["count"] == 300 and len(near["pairs"]) == 200
    assert near["across_splits"] == int((codes[:300] != codes[300:]).sum()) > 0
    crossing = [pair["a"]["split"] != pair["b"]["split"] for pair in near["pairs"]]
    assert crossing == sorted(crossing, reverse=True) and sum(crossing) == near["across_splits"]
    a, b = near["pairs"][0]["a"], near["pairs"][0]["b"]
    assert b["id"] == a["id"] + 300 and a["name"] == f"{a['id']}.png" and near["pairs"][0]["difference"] == 0
    assert record["skipped"] == [["bad.png", "cut off"]]


def test_contact_sheet_of_any_store(tiny_store, tmp_path):
    sheet = contact_sheet(tiny_store)
    np.testing.assert_array_equal(np.asarray(sheet), np.asarray(contact_sheet(tiny_store)))
    assert sheet.height > 8 * 64  # eight classes
    crowd = contact_sheet(copies_store(tmp_path))
    assert abs(crowd.width - crowd.height) < 60
    black_and_white = np.asarray(contact_sheet(replace(tiny_store, binarized=True)))
    assert black_and_white.shape == np.asarray(sheet).shape and (black_and_white != np.asarray(sheet)).any()
