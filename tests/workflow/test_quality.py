"""`zscape quality` on a tiny run: 25 validation and 6 test images."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors.numpy import save_file

import zscape
from zscape.analysis.embedding import pixel_embedding
from zscape.analysis.generation import generation_scores
from zscape.analysis.quality import quality_from_plain
from zscape.core.errors import InputError
from zscape.core.records import to_plain
from zscape.core.seeds import generator
from zscape.inference import embedding as networks
from zscape.latent.priors.normal import Normal
from zscape.runs.directory import RunDirectory
from zscape.specs.classifier import shipped_classifier
from zscape.workflow import embedding as embedding_module
from zscape.workflow import quality as quality_module
from zscape.workflow.data import store_of_run


@pytest.fixture
def run(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def measure(run):
    """Measure the validation images in pixels, unless stated otherwise; return the record and the notes."""

    def call(**options):
        notes = []
        settings = {"split": "validation", "embedding": "pixels", "priors": "normal", "n": 10, **options}
        return zscape.quality(run, note=notes.append, **settings), notes

    return call


def test_the_file_is_the_record(measure, run):
    record, notes = measure(priors=["normal", "fitted", "uniform:1.5"], log_likelihood=7, log_likelihood_images=5)
    assert notes == ["Estimating log p(x) of 5 images from 7 draws each"]
    written = json.loads((run / "quality.json").read_text())
    assert written == to_plain(record) and quality_from_plain(written) == record
    assert list(record.generation.priors) == ["normal", "fitted", "uniform:1.5"]
    assert (record.split, record.images, record.reconstruction.images) == ("validation", 25, 25)
    assert (record.generation.n, record.generation.k, record.generation.subset_size) == (10, 3, 5)
    assert (record.log_likelihood.n, record.log_likelihood.images) == (7, 5)
    assert set(record.sentences) == {"reconstruction", "generation", "log_likelihood"} and record.left_out == {}
    assert not record.log_likelihood.binary and "the images are grey" in record.sentences["log_likelihood"]


def test_the_numbers_are_those_of_the_parts(measure, run):
    record, _ = measure(seed=5)
    model, split = zscape.load(run), store_of_run(RunDirectory.open(run)).split("validation")
    order = generator(5, "quality", "validation").permutation(25)
    real, others = (split.images(np.sort(part)) for part in (order[:10], order[10:20]))
    random = np.rint(model.decode(Normal(3).sample(10, 5)) * 255).astype(np.uint8)
    embed = pixel_embedding(split.store)
    assert record.generation.priors["normal"] == generation_scores(embed(real), embed(random), 3, 5)
    assert record.generation.real == generation_scores(embed(real), embed(others), 3, 5)
    assert record.reconstruction.psnr.mean == pytest.approx(zscape.evaluate(run, split="validation")["psnr"], rel=1e-9)
    assert set(record.reconstruction.psnr.lowest) <= set(split.ids.tolist())


def test_twice_the_same(measure):
    assert measure(log_likelihood=3) == measure(log_likelihood=3)
    assert measure(seed=2)[0].generation != measure()[0].generation


def test_half_of_the_split_at_most(measure):
    record, notes = measure(n=2000)
    assert record.generation.n == 12
    assert notes == [
        "The split 'validation' has 25 images; 12 random ones are compared with 12 real ones, and these with the other "
        "half, instead of 2,000"
    ]


def test_a_split_too_small_for_random_images_still_has_reconstructions(measure):
    record, notes = measure(split="test")
    assert (
        record.generation is None and record.reconstruction.images == 6 and set(record.sentences) == {"reconstruction"}
    )
    reason = record.left_out["generation"]
    assert reason == (
        "The split 'test' has 6 images, of which one half is compared with the other; with k = 3 random images need at "
        "least 8: choose another with --split, or a smaller --k."
    )
    assert notes == [f"Random images are not measured. {reason}"] and "Random images" not in record.protocol
    assert measure(split="test", k=2)[0].generation.n == 3


def test_labels_choose_the_classifier_and_other_embeddings_are_taken(measure, run, monkeypatch):
    small = shipped_classifier().model_copy(update={"steps": 3})
    monkeypatch.setattr(networks, "shipped_classifier", lambda: small)
    record, notes = measure(embedding=None)
    assert record.generation.embedding.name.startswith("classifier of the same data's labels, 64 numbers, ")
    assert record.generation.embedding.dimensions == 64 and 0 <= record.generation.embedding.accuracy <= 1
    assert notes == ["Training the classifier that embeds images, once for these data: 3 steps"]
    assert measure(embedding="classifier") == (record, [])

    encoder, _ = measure(embedding=run)
    assert encoder.generation.embedding.name == "encoder of the run run, 3 numbers"
    assert encoder.generation.embedding.accuracy is None

    def columns(images):
        return images.mean(axis=(1, 3))

    own, _ = measure(embedding=columns)
    assert own.generation.embedding.name == "columns" and '"columns"' in own.protocol
    assert own.generation.embedding.dimensions == 8


class Features:
    """Stands for FID's Inception, whose features are worth no test's time here: six numbers of pixels."""

    name, identity, details = "FID's Inception v3", "inception-1", "Resized to 299 x 299."
    accuracy = trained_on = None
    fid = True

    def __call__(self, images):
        return images.reshape(len(images), -1)[:, :60:10] / 255.0


def test_fid_is_called_so_in_its_embedding_only(measure, run, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(quality_module, "choose_embedding", lambda stated, *_: asked.append(stated) or Features())
    (tmp_path / "weights.safetensors").touch()
    record, notes = measure(embedding=f"inception:{tmp_path}/weights.safetensors", priors=["normal", "fitted"])
    assert asked == [f"inception:{tmp_path}/weights.safetensors"]
    assert (
        record.generation.embedding.fid and quality_from_plain(json.loads((run / "quality.json").read_text())) == record
    )
    for scores in (record.generation.real, *record.generation.priors.values()):
        assert scores.fid == scores.frechet > 0
    assert notes == [
        "Embedding 40 images in Inception, at 3 to 10 a second on each core of a processor",
        "FID from 10 images of each set is none to publish: with fewer than 2,049 the covariances of its 2,048 "
        "features are singular, and it is biased upward (Chong & Forsyth 2020); it needs thousands of images (-n, "
        "where the split has twice as many).",
    ]
    assert record.protocol.endswith(f"with FIDs of as many images on each side. {notes[1]} Resized to 299 x 299.")
    monkeypatch.undo()
    pixels, _ = measure()
    assert not pixels.generation.embedding.fid and pixels.protocol.endswith("None of this is FID.")
    assert pixels.generation.real.fid is None and pixels.generation.priors["normal"].fid is None


def test_a_wrong_file_of_weights_is_refused_before_anything_is_measured(measure, run, tmp_path, monkeypatch):
    save_file({"fc.bias": np.zeros(1008, np.float32)}, tmp_path / "weights.safetensors")
    monkeypatch.setattr(quality_module, "_reconstruction", None)
    with pytest.raises(
        InputError, match=r"^weights\.safetensors is not FID's Inception \(.*\): missing Conv2d_1a_3x3\."
    ):
        measure(embedding=f"inception:{tmp_path}/weights.safetensors")
    assert not (run / "quality.json").exists()


def test_the_encoder_of_other_images_is_refused(measure, run, monkeypatch):
    other = RunDirectory.open(run), SimpleNamespace(image_shape=(28, 28, 1))
    monkeypatch.setattr(embedding_module, "open_trained", lambda directory: other)
    with pytest.raises(InputError, match=r"^The encoder of .*run takes images of 28x28x1; these have 8x8x1\.$"):
        measure(embedding=run)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n": 3}, r"^-n must be at least 4, one more than k, so that every image has k neighbours; received 3\.$"),
        ({"k": 0}, r"^--k must be at least 1, received 0\.$"),
        ({"log_likelihood": 0}, r"^--log-likelihood must be at least 1 draw per image, received 0\.$"),
        ({"log_likelihood_images": 0}, r"^--images must be at least 1, received 0\.$"),
        ({"priors": []}, r"^Name at least one prior with --from, such as normal\.$"),
        ({"priors": ["normal", "nromal"]}, r"^Unknown prior 'nromal'\. Did you mean 'normal'\?"),
        (
            {"embedding": "clasifier"},
            r"^Unknown embedding 'clasifier', .* Did you mean 'classifier'\? Known: classifier",
        ),
        (
            {"embedding": "nowhere/run"},
            r"^Unknown embedding 'nowhere/run', and no run directory of this name\. Known: ",
        ),
        (
            {"embedding": "inception:nowhere/weights.pth"},
            r"^There is no file nowhere/weights\.pth with Inception's weights \(pt_inception-2015-12-05-6726825d\.pth,",
        ),
        ({"embedding": "inception"}, r"^Name the file of Inception's weights: --embedding inception:FILE\.$"),
        ({"embedding": "inception: "}, r"^Name the file of Inception's weights: --embedding inception:FILE\.$"),
        ({"embedding": "Incepton:x.pth"}, r"^Unknown embedding 'Incepton:x\.pth', .* Did you mean 'inception:FILE'\?"),
        ({"embedding": 7}, r"^An embedding is a name, a run directory or a function; received int\.$"),
        ({"split": "tset"}, r"^Unknown split 'tset'\. Did you mean 'test'\?"),
    ],
)
def test_wrong_input(measure, run, options, sentence):
    with pytest.raises(InputError, match=sentence):
        measure(**options)
    assert not (run / "quality.json").exists()


def test_images_that_are_gone(measure, run, tmp_path):
    recipe = run / "recipe.yaml"
    text = recipe.read_text()
    assert "source: digits" in text and "path: null" in text
    recipe.write_text(text.replace("source: digits", "source: folder").replace("path: null", f"path: {tmp_path}/gone"))
    with pytest.raises(InputError, match="gone"):
        measure()
    assert not (run / "quality.json").exists()
