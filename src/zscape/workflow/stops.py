"""The points between which a walk goes, as users name them: images, labels, attributes."""

from collections.abc import Sequence

import numpy as np

from zscape.core.errors import InputError
from zscape.core.names import nearest
from zscape.core.seeds import generator
from zscape.latent.attributes import feature, feature_names, mean_of, shown_name
from zscape.latent.codes import Codes

_ID = "id:"


def image_stops(codes: Codes, pool: Codes, names: Sequence[str], least: int, seed: int) -> tuple[np.ndarray, list[str]]:
    """Return the codes of images and what they are called.

    Args:
        codes: all codes of a run.
        pool: those of which images are drawn.
        names: an image's number ("id:12", or "12" where no label is called so), or a label or attribute, for a random
            image with it, one of the pool where there is one.
        least: number of stops; where fewer are named, random images of other labels follow.
        seed: fixes the draws.

    Returns:
        float32 (stops, z_dim), and one text each.

    Raises:
        InputError: for a number that no image has, and for an unknown name.
    """
    rows = [_image_row(codes, pool, name, place, seed) for place, name in enumerate(names)]
    while len(rows) < least:
        rows.append(_another(codes, pool, rows, seed))
    return codes.mu[rows], [_image_name(codes, row) for row in rows]


def centre_stops(codes: Codes, names: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return the mean codes of images with a label or attribute.

    Args:
        codes: those of the training images.
        names: labels or attributes; none for the two labels whose means are farthest apart.

    Raises:
        InputError: for an unknown name, a feature that no image has, and codes without any.
    """
    if len(names) == 1:
        raise InputError("A walk between centres needs two of them: name them with --from and --to.")
    chosen = names or _farthest(codes)
    centres = np.stack([_centre(codes, name) for name in chosen])
    return centres.astype(np.float32), [shown_name(codes, name) for name in chosen]


def _image_row(codes: Codes, pool: Codes, name: str, place: int, seed: int) -> int:
    number = name.removeprefix(_ID)
    known = codes.attribute_choices
    is_known = name.lower() in map(str.lower, known)
    if number.isascii() and number.isdigit() and (name.startswith(_ID) or not is_known):
        rows = np.flatnonzero(codes.ids == int(number))
        if not len(rows):
            raise InputError(
                f"No image has the number {number}; they go from {codes.ids.min()} to {codes.ids.max()}"
                f"{f', and labels are {_some(known)}' if known else ''}."
            )
        return int(rows[0])
    if not known:
        raise InputError(f"{name!r} is no image's number, and these images have neither labels nor attributes.")
    if not is_known:
        guess = nearest(name, known)
        hint = f" Did you mean {guess!r}?" if guess else ""
        raise InputError(f"There is no image, label or attribute {name!r}.{hint} Known: {_some(known)}; or id:12.")
    mask = feature(codes, name)
    if not mask.any():
        raise InputError(f"None of the {len(codes)} images has {shown_name(codes, name)!r}.")
    unseen = mask & np.isin(codes.ids, pool.ids)
    choice = codes.ids[unseen if unseen.any() else mask]
    wanted = generator(seed, "walk", "image", place).choice(choice)
    return int(np.flatnonzero(codes.ids == wanted)[0])


def _another(codes: Codes, pool: Codes, rows: Sequence[int], seed: int) -> int:
    """Return a random image, of a label that is not there yet where that can be."""
    taken = list(rows)
    order = generator(seed, "walk", "another", len(rows)).permutation(len(pool))
    free = order[~np.isin(pool.ids[order], codes.ids[taken])]
    if pool.labels is not None and codes.labels is not None:
        others = free[~np.isin(pool.labels[free], codes.labels[taken])]
        free = others if len(others) else free
    if not len(free):
        raise InputError(f"A walk needs 2 images, and there are {len(pool)}.")
    return int(np.flatnonzero(codes.ids == pool.ids[free[0]])[0])


def _image_name(codes: Codes, row: int) -> str:
    texts = [] if codes.labels is None else [_label_name(codes, int(codes.labels[row]))]
    if codes.splits[row] == 0 and (codes.splits != 0).any():
        texts.append("trained on")
    return f"image {codes.ids[row]}" + (f" ({', '.join(texts)})" if texts else "")


def _label_name(codes: Codes, label: int) -> str:
    return codes.label_names[label] if codes.label_names else str(label)


def _centre(codes: Codes, name: str) -> np.ndarray:
    mask = feature(codes, name)
    if not mask.any():
        raise InputError(f"None of the {len(codes)} training images has {shown_name(codes, name)!r}: it has no centre.")
    return mean_of(codes.mu[mask])


def _farthest(codes: Codes) -> list[str]:
    if codes.labels is None or len(np.unique(codes.labels)) < 2:
        there = "; attributes: " + _some(feature_names(codes)) if feature_names(codes) else ""
        raise InputError(f"These images have no two labels: name two centres with --from and --to{there}.")
    names = [name for name in feature_names(codes) if name.startswith("label is ")]
    centres = np.stack([_centre(codes, name) for name in names])
    distances = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    i, j = np.unravel_index(distances.argmax(), distances.shape)
    return [names[int(i)], names[int(j)]]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
