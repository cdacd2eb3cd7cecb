"""Sentences that follow the numbers."""

import math

import numpy as np
import pytest

from zscape.reporting.decoding import Reconstructions
from zscape.reporting.sentences import curves_sentence, handed_over_sentence, reconstruction_sentence, task_sentence
from zscape.specs.task import TaskSpec


def history(*losses, part="validation"):
    other = "train" if part == "validation" else "validation"
    return [
        {"epoch": epoch, part: {"loss": loss}, other: {"loss": 1.0} if other == "train" else None}
        for epoch, loss in enumerate(losses, 1)
    ]


@pytest.mark.parametrize(
    ("losses", "sentence"),
    [
        ((50.0,), "The validation loss after one epoch is 50 nats per image."),
        (
            (50.0, 40.0),
            "The validation loss went from 50 to 40 nats per image in 2 epochs and was lowest at the end: "
            "more epochs may still help.",
        ),
        (
            (500.0, 40.0, 45.5),
            "The validation loss went from 500.0 to 45.5 nats per image in 3 epochs; it was lowest in epoch 2 (40).",
        ),
        (
            (50.0, 60.0),
            "The validation loss went from 50 to 60 nats per image in 2 epochs; it was lowest in epoch 1 (50).",
        ),
    ],
)
def test_curves(losses, sentence):
    assert curves_sentence(history(*losses)) == sentence


def test_curves_without_validation_speak_of_training():
    assert curves_sentence(history(50.0, 40.0, part="train")).startswith("The train loss went from 50 to 40")


def test_across_a_warm_up_losses_are_compared_at_one_weight():
    """The loss as trained rises from 20.5 to 24 while the networks get better all the time."""
    parts = [(20.0, 5.0, 0.1), (19.0, 6.0, 0.5), (18.0, 6.0, 1.0)]
    records = [
        {
            "epoch": number,
            "train": {},
            "validation": {"loss": nats + beta * kl, "reconstruction": nats, "kl": kl, "beta": beta},
        }
        for number, (nats, kl, beta) in enumerate(parts, 1)
    ]
    assert curves_sentence(records) == (
        "The validation loss went from 25 to 24 nats per image in 3 epochs (all at the KL weight of the last, 1) and "
        "was lowest at the end: more epochs may still help."
    )


def test_reconstruction_with_a_task_names_what_went_in():
    numbers = {"psnr": 17.456, "psnr_input": 9.876, "reconstruction_at_mean": 123.45, "entropy_floor": None}
    assert reconstruction_sentence(numbers) == (
        "What comes out is 17.46 dB (PSNR) from clean images the networks never trained on, what went in 9.876 dB; it "
        "costs 123.5 nats per image."
    )
    assert ", what went in – dB; it costs" in reconstruction_sentence({**numbers, "psnr_input": None})


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (TaskSpec(), None),
        (
            TaskSpec(kind="recolor"),
            "Its task is to recolor: the grey versions of the images go in, their colours are to come out.",
        ),
        (
            TaskSpec(kind="denoise", drop=0.8),
            "Its task is to denoise: the images go in with 80 % of the pixels black, the clean images are to come out.",
        ),
        (
            TaskSpec(kind="denoise", noise=0.25, drop=0.125),
            "Its task is to denoise: the images go in with Gaussian noise of standard deviation 0.25 (black is 0, "
            "white is 1) and 12.5 % of the pixels black, the clean images are to come out.",
        ),
    ],
)
def test_task(task, sentence):
    assert task_sentence(task) == sentence


def test_reconstruction():
    numbers = {"psnr": 17.456, "reconstruction_at_mean": 123.45, "entropy_floor": 80.5}
    assert reconstruction_sentence(numbers) == (
        "The reconstructions are 17.46 dB (PSNR) from images the networks never trained on; they cost 123.5 nats per "
        "image, of which 80.5 cannot be saved: so much bce charges for values between black and white."
    )
    for nothing in (None, 0.0):  # mse, and black-or-white images
        said = reconstruction_sentence({**numbers, "entropy_floor": nothing})
        assert said.endswith("they cost 123.5 nats per image.")


def test_handed_over_without_any_difference():
    images = np.zeros((1, 2, 2, 1), np.uint8)
    assert handed_over_sentence(Reconstructions(images, images, 1, math.inf, exact=True)) == (
        "Decoded at mu, the image handed over comes back exactly, to 8 bits."
    )
    assert handed_over_sentence(Reconstructions(images, images, 25, 58.93, exact=True)) == (
        "Decoded at mu, the 25 images handed over come back exactly, to 8 bits; the first 20 are shown."
    )
    assert handed_over_sentence(Reconstructions(images, images, 25, math.inf)) == (
        "Decoded at mu, some of the 25 images handed over come back exactly, others do not; the first 20 are shown."
    )
    assert handed_over_sentence(Reconstructions(images, images, 1, 9.0)) == (
        "Decoded at mu, the image handed over comes back at a PSNR of 9.00 dB."
    )
    assert handed_over_sentence(Reconstructions(images, images, 20, 12.3456)) == (
        "Decoded at mu, the 20 images handed over come back at a PSNR of 12.35 dB (mean over the images)."
    )
    assert handed_over_sentence(Reconstructions(images, images, 25, 58.93, exact=True), pictures=False) == (
        "Decoded at mu, the 25 images handed over come back exactly, to 8 bits."
    )
