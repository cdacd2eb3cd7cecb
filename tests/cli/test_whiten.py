"""`zscape whiten`."""

import json


def test_what_is_printed(zscape, in_reach):
    outcome = zscape("whiten", in_reach)
    assert outcome.code == 0 and "Folding other coordinates" in outcome.err
    first, pixels, mismatch, coordinates = outcome.out.splitlines()
    assert first == "run-whitened"
    assert pixels.startswith("Reconstructions: no pixel of 6 images changes by more than ")
    assert mismatch.startswith("Prior mismatch: ") and mismatch.endswith(" nats per dimension (29 codes)")
    assert "a VAE's posteriors have none" in coordinates


def test_json(zscape, in_reach):
    outcome = zscape("whiten", in_reach, "--out", "half", "--t", 0.5, "--json")
    record = json.loads(outcome.out)
    assert (record["directory"], record["source"], record["t"], record["turned"]) == ("half", "run", 0.5, False)


def test_an_out_that_exists(refused, in_reach):
    assert refused("whiten", in_reach, "--out", "run") == "run exists already: choose another --out, or delete it."


def test_no_run(refused, tmp_path):
    assert refused("whiten", "nowhere") == "There is no run directory nowhere."
