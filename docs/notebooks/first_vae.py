# %% [markdown]
# # A first VAE
#
# In this tutorial a variational autoencoder (VAE) learns 1,797 handwritten digits of 8x8 pixels, which come with
# scikit-learn: nothing has to be downloaded.
# You will see what it keeps of an image, draw digits that nobody has written, and see why a plain autoencoder cannot
# do that.
# It takes about a minute and a half on two processor cores.

# %%
import contextlib
import importlib.util
import io
import os
import subprocess
import sys

if importlib.util.find_spec("zscape") is None:  # in Colab, for example, which brings TensorFlow along
    what = "zscape" if importlib.util.find_spec("tensorflow") else "zscape[tensorflow]"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", what], check=True)

import numpy as np
from PIL import Image

import zscape

EPOCHS = 1 if os.environ.get("ZSCAPE_DOCS_FAST") else 40  # the tests of this page train for one


def show(path):
    """Return a picture, small enough for a notebook."""
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((800, 800))
    return picture.quantize(64, dither=Image.Dither.NONE)


# %% [markdown]
# ## Train
#
# `digits` is a *recipe* that comes with zscape: which images, which networks, which loss. Settings change its keys:
# here the number of latent dimensions and of epochs.
# Every line below says that the loss is the sum of its two parts: how badly images are reconstructed, and the
# weighted KL divergence, which is what the latent space costs.

# %%
settings = ["model.z_dim=8", f"training.epochs={EPOCHS}"]
run = zscape.run("digits", settings, out="runs/first-vae")

# %% [markdown]
# The run directory holds everything: networks, codes of all images, numbers, figures, and `report.html`, one page
# that needs no other file.

# %%
test = run.read("metrics.json")["test"]
for name in ("loss", "reconstruction", "kl", "psnr"):
    print(f"{name:15s} {test[name]:8.2f}")

# %% [markdown]
# ## What comes back
#
# The encoder turns an image into eight numbers, the decoder makes an image of them again. Images of the test set,
# which the networks have never seen, above their reconstructions:

# %%
show(zscape.reconstruct(run.path, "reconstructions.png", n=10))

# %% [markdown]
# They are not quite the same: 64 pixels went through eight numbers. With more of them and a smaller KL weight they
# come nearer.
#
# ## Digits that nobody has written
#
# The KL term has pulled the codes towards a standard normal distribution. So random points of it are codes too, and
# the decoder makes digits of them:

# %%
show(zscape.sample(run.path, "random.png", n=28, seed=1))

# %% [markdown]
# ## A walk from one digit to another
#
# `zscape.load` gives the trained model. Points on the straight line between the codes of two images decode to
# something in between.

# %%
vae = zscape.load(run.path)
images = run.images()["originals"]  # uint8 (20, 8, 8, 1), of the test set
start, end = vae.encode(images[:2])
walk = np.linspace(start, end, 10)
decoded = vae.decode(walk)  # float32 (10, 8, 8, 1), in [0, 1]

strip = np.hstack([np.pad(image[..., 0], 1, constant_values=1.0) for image in decoded])
Image.fromarray(np.uint8(255 * strip)).resize((800, 80), Image.Resampling.NEAREST)

# %% [markdown]
# ## The same without the KL term
#
# A plain autoencoder (AE) has the same networks, but only the reconstruction to learn.

# %%
with contextlib.redirect_stderr(io.StringIO()):  # without the lines about every epoch
    ae = zscape.run("digits", [*settings, "model.kind=ae"], out="runs/first-ae")
for name, metrics in (("VAE", test), ("AE", ae.read("metrics.json")["test"])):
    print(f"{name:4s} reconstruction at the mean {metrics['reconstruction_at_mean']:6.2f} nats", end="")
    print(f"   prior mismatch {metrics['prior_mismatch']:8.3f} nats per dimension")

# %% [markdown]
# Nothing told it where to put its codes. Random points of the standard normal distribution lie elsewhere, and what
# the decoder makes of them is hardly a digit. The *prior mismatch* above measures this: 0 means that the codes are
# distributed like the random points.

# %%
show(zscape.sample(ae.path, "random_ae.png", n=28, seed=1))

# %% [markdown]
# The remedy costs nothing: draw the random points from a normal distribution that was *fitted to the codes*. Then the
# plain autoencoder gives digits too.

# %%
show(zscape.sample(ae.path, "random_ae_fitted.png", n=28, prior="fitted", seed=1))

# %% [markdown]
# ## Go on
#
# - `runs/first-vae/report.html` shows all of this and more; the tutorial *Reading a latent report* explains it.
# - The tutorial *Your own pictures* trains on a folder.
# - On the command line the whole training is `zscape run digits`.
