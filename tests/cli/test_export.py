"""`zscape export`."""

import json


def test_what_is_printed(zscape, in_reach, refused):
    outcome = zscape("export", in_reach, "--onnx")
    assert outcome.code == 0 and outcome.err == ""
    encoder, decoder, checked = outcome.out.splitlines()
    assert encoder.startswith("run/onnx/encoder.onnx  image (batch, 8, 8, 1) -> mu (batch, 3)")
    assert decoder.startswith("run/onnx/decoder.onnx  z (batch, 3) -> image (batch, 8, 8, 1)")
    assert encoder.endswith(" kB") and decoder.endswith(" kB")
    assert checked.startswith("Checked in onnxruntime: mu of 6 images differs by at most ")
    assert "is allowed), pixels of 134 points by " in checked and checked.endswith(" (1e-05; white is 1)")
    again = refused("export", in_reach, "--onnx")
    assert again == "run/onnx exists already: choose another --out, or delete it."

    record = json.loads(zscape("export", in_reach, "--onnx", "--out", "own", "--json").out)
    assert (record["directory"], record["source"], record["opset"]) == ("own", "run", 17)


def test_wrong_input(refused, in_reach):
    assert refused("export", in_reach) == "Export needs a format, and there is one: add --onnx."
    assert refused("export", "nowhere", "--onnx") == "There is no run directory nowhere."
    (in_reach / "encoder" / "config.json").unlink()
    sentence = refused("export", in_reach, "--onnx")
    assert sentence == "run holds no finished networks yet: `zscape train` makes them."
