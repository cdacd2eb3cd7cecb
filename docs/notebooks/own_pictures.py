# %% [markdown]
# # Your own pictures
#
# zscape trains on a folder of image files without a recipe: it looks at the pictures and chooses one. This tutorial
# makes a folder of 600 small pictures itself, so that it runs anywhere, and ends with what to change for your own.
# It takes about a minute and a half on two processor cores.

# %%
import colorsys
import importlib.util
import os
import subprocess
import sys

if importlib.util.find_spec("zscape") is None:  # in Colab, for example, which brings TensorFlow along
    what = "zscape" if importlib.util.find_spec("tensorflow") else "zscape[tensorflow]"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", what], check=True)

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import zscape

EPOCHS = 1 if os.environ.get("ZSCAPE_DOCS_FAST") else 40  # the tests of this page train for one


def show(path):
    """Return a picture, small enough for a notebook."""
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((800, 800))
    return picture.quantize(256, dither=Image.Dither.NONE)


# %% [markdown]
# ## A folder of pictures
#
# Pictures of a disc or a ring, of any size, place and colour, on dark ground. (In sub-folders they would have classes,
# which zscape needs for nothing but the colours of its figures.)


# %%
def draw(shape, random):
    """Return a picture of 32x32 pixels of one shape, drawn four times as large and made smaller."""
    picture = Image.new("RGB", (128, 128), (24, 26, 34))
    x, y, radius = random.uniform(44, 84), random.uniform(44, 84), random.uniform(20, 38)
    colour = tuple(int(255 * part) for part in colorsys.hsv_to_rgb(random.uniform(0, 0.7), 0.65, 0.9))
    filled = {"fill": colour} if shape == "disc" else {"outline": colour, "width": 14}
    ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), **filled)
    return picture.resize((32, 32), Image.Resampling.LANCZOS)


folder, random = Path("pictures"), np.random.default_rng(1)
for number in range(600):
    shape = random.choice(["disc", "ring"])
    folder.mkdir(exist_ok=True)
    draw(shape, random).save(folder / f"{number:03d}-{shape}.png")
print(len(list(folder.glob("*.png"))), "pictures in", folder)

# %% [markdown]
# Folders of pictures often hold the same one twice. To see what becomes of that, some are copied under other names:

# %%
for source in sorted(folder.glob("*.png"))[::60]:
    (folder / f"copy-of-{source.name}").write_bytes(source.read_bytes())

# %% [markdown]
# ## Train on the folder
#
# The folder takes the place of a recipe's name. What is chosen is printed, each with its reason; whatever you know
# better is set as `key=value`:
#
# - `model.z_dim=8`: these pictures were made from five numbers and a choice, so a few dimensions must do.
# - `objective.reconstruction=mse` with `sigma=0.1`: areas of one colour are measured better by squared errors, and
#   errors of a tenth of the range are what we tolerate.
# - `model.upsampling=resize`: on smooth areas the default decoder leaves a fine grid; this one, slower, does not.

# %%
settings = ["model.z_dim=8", "objective.reconstruction=mse", "objective.weight.sigma=0.1", "model.upsampling=resize"]
run = zscape.run("pictures", [*settings, f"training.epochs={EPOCHS}"], out="runs/pictures")

# %% [markdown]
# ## What were those pictures?
#
# The report opens with a contact sheet. Look at it first: pictures that are turned, cut at the wrong place or not
# what you meant to collect are seen here.

# %%
show(run.path / "figures" / "contact_sheet.png")

# %% [markdown]
# The copies were found. A pair in two different parts, such as training and test, makes the test numbers better than
# they are; take one of them out, or leave it in and know.

# %%
duplicates = run.read("data.json")["near_duplicates"]
print(duplicates["count"], "pairs,", duplicates["across_splits"], "of them in different parts")
for pair in duplicates["pairs"]:
    print(pair["a"]["name"], f"({pair['a']['split']})", "is nearly", pair["b"]["name"], f"({pair['b']['split']})")

# %% [markdown]
# ## What was learnt?
#
# Pictures that the network has never seen, each above its reconstruction:

# %%
show(run.path / "figures" / "reconstructions.png")

# %% [markdown]
# Is that good? The best linear code with as many numbers is the measure: a VAE has to be better than it.

# %%
linear, test = run.read("data.json")["linear_baseline"], run.read("metrics.json")["test"]
print(
    f"{linear['z_dim']} numbers per picture: PSNR {linear['psnr']:.1f} dB linear, {test['psnr']:.1f} dB with this VAE"
)

# %% [markdown]
# And pictures that are in no folder, from random points of the normal distribution fitted to the codes. Most are discs
# and rings of another size, place and colour; some points lie between the two shapes, and it shows.

# %%
show(zscape.sample(run.path, "random.png", n=21, prior="fitted", seed=1))

# %% [markdown]
# ## Now yours
#
# Give your own folder instead of `pictures`: on the command line
#
#     zscape run path/to/my/photos
#
# or in a notebook `zscape.run("path/to/my/photos")`. In Colab, upload a folder with the file browser at the left, or
# connect your Drive; its files then lie below `/content`.
#
# - JPEG, PNG, WebP, BMP, GIF and TIFF are read; sub-folders are classes; damaged files are skipped and listed.
# - A few hundred pictures are enough to try, thousands are better. Pictures of *one* kind of thing, alike in place
#   and size, give good results soon; a folder of everything does not.
# - The largest centred square of each picture is used. If what matters is not in the middle, cut the pictures first.
# - `zscape plan path/to/my/photos` shows the networks, the memory and the linear code before anything is trained.
# - Leave out all settings at first. The number of epochs is then chosen for about two minutes of training, and
#   training ends by itself when nothing is gained.
