# %% [markdown]
# # Reading a latent report
#
# Every run of zscape leaves a `report.html` that says what the latent space is like. This tutorial goes through it,
# figure by figure, on two runs: one that works, and one whose KL weight is too large for these images.
# The same report can be made of codes of any other model: that is its last section. It takes about a minute on two
# processor cores.

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

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import zscape

EPOCHS = 1 if os.environ.get("ZSCAPE_DOCS_FAST") else 25  # the tests of this page train for one


def show(path):
    """Return a picture, small enough for a notebook."""
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((800, 800))
    return picture.quantize(64, dither=Image.Dither.NONE)


# %% [markdown]
# ## Two runs
#
# The first is the recipe as it is: 4 latent dimensions, `beta` 0.25. The second has 12 dimensions and `beta` 1: every
# nat of KL costs four times as much as in the first.

# %%
epochs = f"training.epochs={EPOCHS}"
with contextlib.redirect_stderr(io.StringIO()):  # without the lines about every epoch
    good = zscape.run("digits", [epochs], out="runs/good")
    strict = zscape.run("digits", [epochs, "model.z_dim=12", "objective.weight.beta=1"], out="runs/strict")
print(good.path / "report.html", strict.path / "report.html", sep="\n")

# %% [markdown]
# ## The data
#
# The report begins with what was trained on: a contact sheet, so that you see whether the images are what you think
# they are; a list of images that are nearly equal, above all those that stand in training and in test images, because
# they make test numbers too good; and the best *linear* code.
# The linear code (PCA) has as many numbers as the latent space. A network that is no better than it has not earned
# its keep: the second run below is one.

# %%
show(good.path / "figures" / "contact_sheet.png")

# %%
data = good.read("data.json")
print(data["near_duplicates"]["count"], "pairs of nearly equal images")
for name, run in (("good", good), ("strict", strict)):
    linear, test = run.read("data.json")["linear_baseline"], run.read("metrics.json")["test"]
    print(f"{name:7s} {linear['z_dim']:2d} dimensions: PSNR of the linear code {linear['psnr']:.1f} dB,", end=" ")
    print(f"of the VAE {test['psnr']:.1f} dB")

# %% [markdown]
# ## Does it learn?
#
# The curves show the loss and its parts, for training and validation images. Both should fall together; validation
# images that get worse while training images get better mean that the network learns by heart.

# %%
show(good.path / "figures" / "curves.png")

# %% [markdown]
# ## Where the codes lie
#
# In a space of many dimensions a normal distribution is not a ball but a shell: nearly all points of N(0, I) lie at
# the same distance from the origin, about the square root of the number of dimensions.
# The histogram compares the codes' distances with those that random points would have. Where the two agree, random
# points fall where the decoder has seen codes.
# Agreement of the distances is necessary, not sufficient; the *prior mismatch* compares mean and covariance as well:
# 0 nats per dimension is perfect, and 0.5 is what a shift by one standard deviation in every coordinate gives.

# %%
show(good.path / "figures" / "radius.png")

# %%
print(*good.read("analysis.json")["verdict"], sep="\n\n")

# %% [markdown]
# ## Which dimensions are used
#
# The KL divergence of each dimension is the price of using it, in nats per image. One that costs less than 0.01 is
# called inactive: its code is N(0, 1) for every image, and the decoder ignores it.
# What is paid buys two things: telling images apart, and a cloud that as a whole is not N(0, I). The report
# says so where the second is more than half.
# In the first run all four work:

# %%
show(good.path / "figures" / "kl.png")

# %% [markdown]
# In the second run half of the twelve are idle: with `beta` 1 they are not worth their price.

# %%
show(strict.path / "figures" / "kl.png")

# %% [markdown]
# Inactive dimensions do no harm by themselves: they say that the weight is large, or that the images need no more
# numbers. Whether that is good is seen in the reconstructions, good run first:

# %%
show(good.path / "figures" / "reconstructions.png")

# %%
show(strict.path / "figures" / "reconstructions.png")

# %% [markdown]
# ## The cloud itself
#
# Two dimensions of the codes, coloured by class. Classes that form regions of their own were found without a label
# being shown to the network.

# %%
show(good.path / "figures" / "scatter.png")

# %% [markdown]
# ## The numbers to compare runs by
#
# The KL share, weighted KL over loss, is often quoted; it says little about random points. The prior mismatch says
# more.

# %%
for name in ("loss", "reconstruction", "kl", "kl_share", "active_units", "prior_mismatch", "psnr"):
    values = (run.read("metrics.json")["test"][name] for run in (good, strict))
    print(f"{name:16s}", *(f"{value:10.4g}" for value in values))

# %% [markdown]
# The second run has the better prior mismatch: its random points fall exactly where its codes are. What it lacks
# is in the reconstructions. Both matter, and `beta` trades one for the other.
#
# Losses of different `beta` must not be compared, since they weigh the KL differently. To see what a `beta` does, use
# `zscape sweep`, which trains over a grid and draws reconstruction against KL.
#
# ## The same report for another model
#
# Codes of any model can be studied, and with a function that decodes points the report shows images too. Here the
# "model" is PCA: `decode` takes points (n, z_dim) and returns images (n, height, width).

# %%
digits = load_digits()
images = digits.images / 16.0
pca = PCA(4).fit(images.reshape(len(images), -1))
codes = pca.transform(images.reshape(len(images), -1))


def decode(points):
    """Return the images of points: (n, 4) -> (n, 8, 8), in [0, 1]."""
    return np.clip(pca.inverse_transform(points), 0, 1).reshape(-1, 8, 8)


page = zscape.report(codes, decode=decode, images=images, labels=digits.target, out="pca", title="PCA of digits")
print(page)

# %% [markdown]
# The report says that the codes are one normal cloud, and random points of the fitted normal have its mean and its
# covariance. What they decode to, though, is a blend of digits rather than a digit: a linear decoder can only add
# pictures up. Numbers about codes say where points lie, not what the decoder makes of them; so look at the images
# too.

# %%
print(sorted(path.name for path in Path("pca/figures").glob("*.png")))
show("pca/figures/random_fitted.png")
