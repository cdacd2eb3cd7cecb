"""Models made of networks of one's own: any two Keras models, trained, saved, loaded, studied."""

import json

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import zscape
from zscape.core.errors import InputError
from zscape.networks.state import to_arrays, weights_by_position

SHAPE, Z_DIM = (8, 8, 1), 3
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, *SHAPE), np.uint8)
Z_POINTS = RNG.normal(size=(6, Z_DIM)).astype(np.float32)
layers = keras.layers


def heads(features, z_dim=Z_DIM):
    return [layers.Dense(z_dim, name="mean")(features), layers.Dense(z_dim, name="spread")(features)]


def features_of(image):
    return layers.Flatten()(layers.Conv2D(4, 3, strides=2, activation="relu")(image))


def functional_encoder(z_dim=Z_DIM, shape=SHAPE):
    image = keras.Input(shape)
    return keras.Model(image, heads(features_of(image), z_dim))


def dict_encoder():
    image = keras.Input(SHAPE)
    # log_var first, so that only the names tell them apart.
    log_var, mu = heads(features_of(image))
    return keras.Model(image, {"log_var": log_var, "mu": mu})


class SubclassedEncoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3, strides=2, activation="relu")
        self.norm, self.flat = layers.BatchNormalization(), layers.Flatten()
        self.mean, self.spread = layers.Dense(Z_DIM), layers.Dense(Z_DIM)

    def call(self, images, training=None):
        features = self.flat(self.norm(self.conv(images), training=training))
        return self.mean(features), self.spread(features)


class SubclassedDecoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.out, self.image = layers.Dense(9), layers.Dense(64), layers.Reshape(SHAPE)

    def call(self, z):
        return self.image(self.out(self.hidden(z)))


def nested_encoder():
    """Two inner networks whose layers have the same names, as anyone's building blocks have."""

    def block(name, units):
        return keras.Sequential([layers.Dense(units, activation="relu", name="dense"), layers.Dense(6)], name=name)

    image = keras.Input(SHAPE)
    flat = layers.Flatten()(image)
    return keras.Model(image, heads(layers.Concatenate()([block("one", 5)(flat), block("two", 7)(flat)])))


def sequential_decoder(z_dim=Z_DIM, shape=SHAPE):
    pixels = int(np.prod(shape))
    return keras.Sequential([keras.Input((z_dim,)), layers.Dense(pixels), layers.Reshape(shape)])


def norm_decoder():
    z = keras.Input((Z_DIM,))
    maps = layers.BatchNormalization()(layers.Reshape((4, 4, 2))(layers.Dense(32)(z)))
    return keras.Model(z, layers.Conv2DTranspose(1, 3, strides=2, padding="same")(maps))


def plain_encoder():
    return keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(Z_DIM)])


PAIRS = {
    "functional": (functional_encoder, sequential_decoder, {}),
    "dict": (dict_encoder, norm_decoder, {}),
    "subclassed": (SubclassedEncoder, SubclassedDecoder, {"image_shape": SHAPE}),
    "nested": (nested_encoder, norm_decoder, {}),
}


def vae_of(name, **options):
    encoder, decoder, shape = PAIRS[name]
    return zscape.VariationalAutoencoder(encoder(), decoder(), **shape, **options)


def train(model, images=IMAGES, epochs=1, eagerly=True):
    """Fit as a user would; without a graph where the way does not matter, because tracing one takes seconds."""
    keras.utils.set_random_seed(1)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), run_eagerly=eagerly)
    return model.fit(images, batch_size=8, epochs=epochs, verbose=0).history


def weights(model):
    parts = (("encoder", model.encoder), ("decoder", model.decoder))
    return {f"{name}/{key}": a for name, p in parts for key, a in to_arrays(weights_by_position(p)).items()}


@pytest.fixture(scope="module")
def trained():
    """Every pair, trained on bytes; the norms among the layers have moved statistics."""
    models = {}
    for name in PAIRS:
        model = vae_of(name, seed=4)
        before = weights(model)
        history = train(model, eagerly=name != "functional")
        moved = [key for key, array in weights(model).items() if not np.array_equal(array, before[key])]
        assert len(moved) == len(before), "every weight is trained"
        assert np.isfinite(list(history.values())).all()
        models[name] = model
    return models


@pytest.mark.parametrize("name", PAIRS)
def test_any_two_networks_are_one_model(trained, name):
    model = trained[name]
    assert (model.z_dim, model.image_shape) == (Z_DIM, SHAPE)
    mu, log_var = model.encode(IMAGES, return_log_var=True)
    assert mu.shape == log_var.shape == (20, Z_DIM) and model.decode(mu).shape == IMAGES.shape
    assert model.sample(4, seed=1).shape == (4, *SHAPE)


def test_posteriors_in_a_dict_are_told_apart_by_their_names(trained):
    model = trained["dict"]
    image = IMAGES[:4] / np.float32(255)
    inner = model.encoder.predict_on_batch(image)
    mu, log_var = model.encode(IMAGES[:4], return_log_var=True)
    np.testing.assert_allclose(mu, np.asarray(inner["mu"]), rtol=1e-5, atol=1e-6)
    assert np.array_equal(np.argsort(log_var, axis=None), np.argsort(np.asarray(inner["log_var"]), axis=None))


def test_bytes_and_floats_train_alike():
    """The same weights, order and draws: only the scaling on the way differs, by rounding."""
    histories = []
    for images in (IMAGES, IMAGES / np.float32(255)):
        encoder, decoder = functional_encoder(), sequential_decoder()
        rng = np.random.default_rng(3)
        for part in (encoder, decoder):
            part.set_weights([0.1 * rng.normal(size=weight.shape) for weight in part.get_weights()])
        histories.append(train(zscape.VariationalAutoencoder(encoder, decoder, seed=5), images, epochs=2))
    assert histories[0]["loss"][1] < histories[0]["loss"][0]
    for name, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][name], rtol=1e-4, err_msg=name)


def test_autoencoder_of_own_networks(tmp_path):
    model = zscape.Autoencoder(plain_encoder(), sequential_decoder())
    train(model)
    mu, log_var = model.encode(IMAGES, return_log_var=True)
    assert mu.shape == (20, Z_DIM) and log_var is None
    zscape.save(model, tmp_path / "ae")
    again = zscape.load(tmp_path / "ae", encoder=plain_encoder(), decoder=sequential_decoder())
    assert isinstance(again, zscape.Autoencoder)
    assert again.reconstruct(IMAGES).tobytes() == model.reconstruct(IMAGES).tobytes()


@pytest.mark.parametrize("name", PAIRS)
def test_saved_and_loaded_it_gives_the_same_bytes(trained, name, tmp_path):
    model = trained[name]
    assert zscape.save(model, tmp_path / "own") == tmp_path / "own"
    encoder, decoder = PAIRS[name][0](), PAIRS[name][1]()
    again = zscape.load(tmp_path / "own", encoder=encoder, decoder=decoder)
    assert again.encoder is encoder and again.decoder is decoder
    before, after = weights(model), weights(again)
    assert [key for key in before if before[key].tobytes() != after[key].tobytes()] == []
    for one, other in zip(
        model.encode(IMAGES, return_log_var=True), again.encode(IMAGES, return_log_var=True), strict=True
    ):
        assert one.tobytes() == other.tobytes()
    assert model.decode(Z_POINTS).tobytes() == again.decode(Z_POINTS).tobytes()


def test_settings_come_back(tmp_path):
    objective = zscape.Objective("mse", "linear", 2.5, 0.2)
    model = vae_of("functional", objective=objective, epsilon_limit=2.0, log_var_bounds=(-9, 3))
    again = zscape.load(
        zscape.save(model, tmp_path / "own"), encoder=functional_encoder(), decoder=sequential_decoder()
    )
    assert again.objective == objective and again.sampling.limit == 2.0 and again.log_var_bounds == (-9.0, 3.0)


def test_loaded_model_can_be_trained_on(trained, tmp_path):
    zscape.save(trained["functional"], tmp_path / "own")
    again = zscape.load(tmp_path / "own", encoder=functional_encoder(), decoder=sequential_decoder())
    assert np.isfinite(train(again)["loss"]).all()
    zscape.save(again, tmp_path / "own")  # over what it came from
    third = zscape.load(tmp_path / "own", encoder=functional_encoder(), decoder=sequential_decoder())
    assert third.encode(IMAGES).tobytes() == again.encode(IMAGES).tobytes()
    assert third.encode(IMAGES).tobytes() != trained["functional"].encode(IMAGES).tobytes()


def test_files_of_a_saved_model(trained, tmp_path):
    zscape.save(trained["nested"], tmp_path / "own")
    files = sorted(str(path.relative_to(tmp_path / "own")) for path in (tmp_path / "own").rglob("*") if path.is_file())
    assert files == ["decoder/weights.safetensors", "encoder/weights.safetensors", "model.json"]
    arrays = load_file(tmp_path / "own" / "encoder" / "weights.safetensors")
    assert sum(array.size for array in arrays.values()) == trained["nested"].encoder.count_params()


@pytest.mark.parametrize("name", ["functional", "subclassed"])
def test_keras_own_way_to_save_weights_works_too(trained, name, tmp_path):
    trained[name].save_weights(tmp_path / "own.weights.h5")
    again = vae_of(name)
    train(again)
    again.load_weights(tmp_path / "own.weights.h5")
    assert again.encode(IMAGES).tobytes() == trained[name].encode(IMAGES).tobytes()


def test_the_whole_way_from_codes_to_a_report(trained, tmp_path):
    vae = trained["functional"]
    codes = vae.encode(IMAGES, return_log_var=True)
    analysis = zscape.analyze(codes, tmp_path / "study")
    radii = np.linalg.norm(codes[0], axis=1)
    assert analysis.radius.mean == pytest.approx(radii.mean(), rel=1e-6)
    assert json.loads((tmp_path / "study" / "analysis.json").read_text())
    page = zscape.report(codes, decode=vae.decode, images=IMAGES, out=tmp_path / "page", title="Own networks")
    text = page.read_text(encoding="utf-8")
    assert page == tmp_path / "page" / "report.html" and "Own networks" in text
    assert (tmp_path / "page" / "figures").is_dir() and text.count("data:image/png;base64,") >= 3


# What does not fit is refused before anything is trained.


def decoder_from(build):
    z = keras.Input((Z_DIM,))
    return keras.Model(z, build(z))


def as_image(z, activation=None):
    return layers.Reshape(SHAPE)(layers.Dense(64, activation=activation)(z))


class SigmoidDecoder(SubclassedDecoder):
    def __init__(self):
        super().__init__()
        self.squash = layers.Activation("sigmoid")

    def call(self, z):
        return self.squash(super().call(z))


def nested_sigmoid():
    inner = keras.Sequential([layers.Dense(64, activation="sigmoid"), layers.Reshape(SHAPE)])
    return decoder_from(lambda z: inner(z))


SIGMOIDS = {
    "dense": lambda: decoder_from(lambda z: as_image(z, "sigmoid")),
    "sequential": lambda: keras.Sequential(
        [keras.Input((Z_DIM,)), layers.Dense(64, activation="sigmoid"), layers.Reshape(SHAPE)]
    ),
    "convolution": lambda: decoder_from(
        lambda z: layers.Conv2D(1, 3, padding="same", activation="sigmoid")(as_image(z))
    ),
    "activation": lambda: decoder_from(lambda z: layers.Activation("sigmoid")(as_image(z))),
    "activation, then reshape": lambda: decoder_from(
        lambda z: layers.Reshape(SHAPE)(layers.Activation(keras.activations.sigmoid)(layers.Dense(64)(z)))
    ),
    "subclassed": SigmoidDecoder,
    "nested": nested_sigmoid,
    "function": lambda: decoder_from(lambda z: keras.activations.sigmoid(as_image(z))),
    "operation": lambda: decoder_from(lambda z: keras.ops.sigmoid(as_image(z))),
    "operation as activation": lambda: decoder_from(lambda z: layers.Activation(keras.ops.sigmoid)(as_image(z))),
    "cut afterwards": lambda: decoder_from(
        lambda z: layers.Cropping2D(((0, 1), (0, 0)))(layers.Reshape((9, 8, 1))(layers.Dense(72, "sigmoid")(z)))
    ),
}


@pytest.mark.parametrize("decoder", SIGMOIDS.values(), ids=SIGMOIDS)
def test_a_second_sigmoid_is_refused(decoder):
    with pytest.raises(InputError) as refusal:
        zscape.VariationalAutoencoder(functional_encoder(), decoder())
    assert str(refusal.value) == (
        "The decoder ends in a sigmoid, but the likelihood applies one itself, so images would go through two: let the "
        "decoder's last layer be linear, so that it gives logits."
    )


def test_a_sigmoid_that_is_the_only_one_is_welcome():
    """With a linear output the decoder gives the images themselves; and a hidden sigmoid is no matter."""
    linear = zscape.Objective("mse", "linear")
    zscape.VariationalAutoencoder(functional_encoder(), SIGMOIDS["dense"](), linear)
    hidden = decoder_from(lambda z: as_image(layers.Dense(5, activation="sigmoid")(z)))
    zscape.VariationalAutoencoder(functional_encoder(), hidden)


def encoder_with(outputs):
    image = keras.Input(SHAPE)
    return keras.Model(image, outputs(layers.Flatten()(image)))


def three_outputs():
    """As in keras.io/examples/generative/vae."""
    return encoder_with(lambda flat: [layers.Dense(Z_DIM)(flat) for _ in range(3)])


VAE_NEEDS = (
    "The encoder must give mu and log_var, both (batch, z_dim), in this order or as a dict with these names; it gives "
)
ITS_OWN_Z = " A sampled z is left out: zscape draws it."


@pytest.mark.parametrize(
    ("encoder", "what"),
    [
        (three_outputs, "3 outputs of shapes (1, 3), (1, 3), (1, 3)."),
        (plain_encoder, "one output of shape (1, 3)."),
        (
            lambda: encoder_with(lambda f: [layers.Dense(3)(f), layers.Dense(4)(f)]),
            "2 outputs of shapes (1, 3), (1, 4).",
        ),
        (lambda: encoder_with(lambda f: [layers.Dense(3)(f)]), "a list of one output of shape (1, 3)."),
        (lambda: encoder_with(lambda f: {"mean": layers.Dense(3)(f)}), "a dict of mean (1, 3)."),
        (lambda: encoder_with(lambda f: [layers.Reshape((8, 8))(f)] * 2), "2 outputs of shapes (1, 8, 8), (1, 8, 8)."),
    ],
)
def test_encoder_that_gives_no_posterior(encoder, what):
    with pytest.raises(InputError) as refusal:
        zscape.VariationalAutoencoder(encoder(), sequential_decoder())
    assert str(refusal.value) == VAE_NEEDS + what + ITS_OWN_Z


def test_encoder_of_an_autoencoder_gives_one_z():
    for encoder, what in (
        (functional_encoder, "2 outputs of shapes (1, 3), (1, 3)"),
        (lambda: keras.Sequential([keras.Input(SHAPE), layers.Conv2D(2, 3)]), "one output of shape (1, 6, 6, 2)"),
    ):
        with pytest.raises(InputError) as refusal:
            zscape.Autoencoder(encoder(), sequential_decoder())
        assert str(refusal.value) == f"The encoder must give z of shape (batch, z_dim); it gives {what}."


def test_decoder_of_another_z_dim():
    with pytest.raises(InputError) as refusal:
        zscape.VariationalAutoencoder(functional_encoder(), sequential_decoder(z_dim=5))
    assert str(refusal.value) == "The encoder gives z of 3 dimensions, the decoder takes inputs of shape (5,)."


def test_decoder_of_other_images():
    with pytest.raises(InputError) as refusal:
        zscape.VariationalAutoencoder(functional_encoder(), sequential_decoder(shape=(8, 8, 3)))
    assert str(refusal.value) == (
        "The decoder must give images of the encoder's input shape (8, 8, 1); "
        "it gives one output of shape (1, 8, 8, 3)."
    )
    with pytest.raises(InputError, match=r"^The decoder must give images .*; it gives 2 outputs of shapes \(1, 8"):
        zscape.VariationalAutoencoder(functional_encoder(), decoder_from(lambda z: [as_image(z), as_image(z)]))


def test_what_is_no_keras_model():
    for encoder, decoder, sentence in (
        (IMAGES, sequential_decoder(), "The encoder must be a Keras model; received ndarray."),
        (functional_encoder(), lambda z: z, "The decoder must be a Keras model; received function."),
        (functional_encoder(), layers.Dense(3), "The decoder must be a Keras model; received Dense."),
    ):
        with pytest.raises(InputError) as refusal:
            zscape.VariationalAutoencoder(encoder, decoder)
        assert str(refusal.value) == sentence


def test_shape_of_the_images_must_be_known():
    start = "The encoder's input must be images of one size (batch, height, width, channels); it takes "
    end = ": state image_shape=(height, width, channels)."
    for encoder, takes in (
        (SubclassedEncoder(), "inputs of any shape"),
        (any_size(), "(None, None, 1)"),
        (keras.Sequential([keras.Input((64,)), layers.Dense(3)]), "(64,)"),
    ):
        with pytest.raises(InputError) as refusal:
            zscape.VariationalAutoencoder(encoder, sequential_decoder())
        assert str(refusal.value) == start + takes + end


def any_size():
    image = keras.Input((None, None, 1))
    return keras.Model(image, heads(layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(image))))


def test_stated_shape_serves_encoders_of_any_size():
    model = zscape.VariationalAutoencoder(any_size(), sequential_decoder(), image_shape=SHAPE)
    assert model.encode(IMAGES).shape == (20, Z_DIM)


def test_stated_shape_that_the_encoder_does_not_take():
    with pytest.raises(InputError, match=r"^The functional\w* does not take an input of shape \(9, 9, 1\): "):
        zscape.VariationalAutoencoder(functional_encoder(), sequential_decoder(), image_shape=(9, 9, 1))


@pytest.fixture
def saved(trained, tmp_path):
    return zscape.save(trained["functional"], tmp_path / "own")


def load(path, encoder=functional_encoder, decoder=sequential_decoder):
    return zscape.load(path, encoder=encoder(), decoder=decoder())


def test_load_needs_both_networks(saved):
    sentence = f"{saved} holds the weights of networks of your own: pass encoder=... and decoder=..., built as before."
    for networks in ({}, {"encoder": functional_encoder()}, {"decoder": sequential_decoder()}):
        with pytest.raises(InputError) as refusal:
            zscape.load(saved, **networks)
        assert str(refusal.value) == sentence


def test_a_run_of_a_recipe_takes_no_networks(run, tmp_path):
    for path in (run.path, run.path / "encoder", tmp_path / "nowhere"):
        with pytest.raises(InputError) as refusal:
            load(path)
        assert str(refusal.value) == (
            f"{path} holds no model.json, as zscape.save writes it: encoder and decoder cannot be passed."
        )
    with pytest.raises(InputError, match="encoder and decoder cannot be passed"):
        zscape.load(run.path, decoder=sequential_decoder())


def test_networks_that_are_not_those_that_were_saved(saved):
    def wider():
        return keras.Sequential([keras.Input((Z_DIM,)), layers.Dense(9), layers.Dense(64), layers.Reshape(SHAPE)])

    with pytest.raises(InputError, match=r"decoder/weights\.safetensors does not belong to this network: missing 00"):
        load(saved, decoder=wider)
    with pytest.raises(InputError, match=r"encoder/weights\.safetensors does not belong to this network: .*shape"):
        load(saved, lambda: functional_encoder(z_dim=2), lambda: sequential_decoder(z_dim=2))
    with pytest.raises(InputError, match=r"^The encoder must give mu and log_var"):
        load(saved, plain_encoder)


@pytest.mark.parametrize("text", ["{", "", "\x00\x01", "<html>"])
def test_settings_that_are_no_json(saved, text):
    (saved / "model.json").write_text(text)
    with pytest.raises(InputError, match=r"model\.json is not valid JSON \(.*\); it may be damaged or cut off\.$"):
        load(saved)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"format": None},
        {"image_shape": None},
        {"image_shape": [8, 8]},
        {"log_var_bounds": [1]},
        {"objective": None},
        {"objective": {"loss": "bce"}},
        {"epsilon_limit": "much"},
        {"image_shape": [8, 8, "x"]},
        {"log_var_bounds": ["a", "b"]},
        {"log_var_bounds": [3, 1]},
        {"kind": "gan"},
        {"objective": {"reconstruction": "hinge"}},
        {"objective": {"output": "tanh"}},
        {"objective": {"beta": "x"}},
        {"epsilon_limit": None},
        {"epsilon_limit": -1},
    ],
)
def test_settings_that_cannot_be_used(saved, change):
    path = saved / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(InputError, match=r"model\.json is damaged: .*\.$"):
        load(saved)


@pytest.mark.parametrize("text", ["[]", "3", "null"])
def test_settings_that_are_another_kind_of_json(saved, text):
    (saved / "model.json").write_text(text)
    with pytest.raises(InputError, match=r"model\.json is damaged: "):
        load(saved)


@pytest.mark.parametrize("key", ["format", "kind", "image_shape", "objective", "epsilon_limit", "log_var_bounds"])
def test_settings_that_are_missing(saved, key):
    path = saved / "model.json"
    path.write_text(json.dumps({name: value for name, value in json.loads(path.read_text()).items() if name != key}))
    with pytest.raises(InputError, match=rf"model\.json is damaged: '{key}'\.$"):
        load(saved)


@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_weights_that_are_damaged_or_missing(saved, part):
    path = saved / part / "weights.safetensors"
    whole = path.read_bytes()
    for keep in (0, 7, 200, len(whole) - 1):
        path.write_bytes(whole[:keep])
        with pytest.raises(InputError, match=rf"{part}/weights\.safetensors is damaged or cut off \("):
            load(saved)
    save_file({"x": np.zeros(3, np.float32)}, path)
    with pytest.raises(InputError, match=rf"{part}/weights\.safetensors does not belong to this network: missing 000_"):
        load(saved)
    path.unlink()
    with pytest.raises(InputError, match=rf"^There is no file .*{part}/weights\.safetensors\.$"):
        load(saved)


def test_save_leaves_alone_what_is_not_its_own(trained, run, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_grandma.txt").write_text("Dear")
    for folder in (tmp_path / "letters", run.path):
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        with pytest.raises(InputError) as refusal:
            zscape.save(trained["functional"], folder)
        assert str(refusal.value) == (
            f"{folder} exists and holds no model of networks of your own: name another directory."
        )
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    (tmp_path / "empty").mkdir()
    zscape.save(trained["functional"], tmp_path / "empty")
    assert load(tmp_path / "empty").z_dim == Z_DIM


def test_save_where_a_file_stands(trained, tmp_path):
    (tmp_path / "note").write_text("Dear")
    with pytest.raises(InputError, match="name another directory"):
        zscape.save(trained["functional"], tmp_path / "note")


def test_save_takes_models_of_zscape_only(tmp_path):
    with pytest.raises(InputError) as refusal:
        zscape.save(functional_encoder(), tmp_path / "own")
    assert (
        str(refusal.value) == "zscape.save takes a zscape.Autoencoder or VariationalAutoencoder; received Functional."
    )
    assert not (tmp_path / "own").exists()
