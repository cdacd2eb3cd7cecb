"""What several runs side by side come to, in sentences computed from their numbers."""

import math
from collections.abc import Sequence

from zscape.reporting.numbers import number
from zscape.reporting.studied import Studied

UNUSED = 0.05
"""log_var is as good as unused where drawing moves z-points by less than this share of their spread."""

FAR = 0.125
APART = 1.0
"""Nats per dimension of prior mismatch, its part from wide coordinates left out: as in the study's own sentences."""


def comparison_sentences(runs: Sequence[Studied]) -> list[str]:
    """Return the sentences of the comparison; none for a single run.

    Args:
        runs: the runs.
    """
    if len(runs) < 2:
        return []
    said = [data_sentence(runs), *(log_var_sentence(run, runs) for run in runs if run.variational)]
    said += [reconstruction_sentence(runs), generation_sentence(runs), measured_sentence(runs)]
    return [sentence for sentence in said if sentence]


def same_data(runs: Sequence[Studied]) -> bool:
    """Return whether all runs saw the same images, brought to the same size."""
    seen = {
        (run.trained.provenance["data"]["checksum"], run.trained.recipe.image_shape) if run.trained else None
        for run in runs
    }
    return len(seen) == 1 and None not in seen


def data_sentence(runs: Sequence[Studied]) -> str | None:
    """Say that the runs are about different images, and what then cannot be compared; None where they are not."""
    if same_data(runs):
        return None
    listed = "; ".join(f"{run.name}: {_images(run)}" for run in runs)
    return (
        f"The runs are about different images ({listed}): losses, reconstruction and PSNR cannot be compared between "
        "them, what is said of z can."
    )


def _images(run: Studied) -> str:
    if run.trained is None:
        return "not known"
    data, recipe = run.trained.provenance["data"], run.trained.recipe
    return f"{data['images']['train']:,} of {recipe.data.source}, {'×'.join(map(str, recipe.image_shape))}"


def noise_share(run: Studied) -> float | None:
    """Return how far drawing moves z-points, as a share of their spread, both root mean square; None for an AE.

    sqrt(sum over the dimensions of the mean posterior variance / that of the variance of mu); infinite where mu does
    not vary.
    """
    posterior = run.analysis.posterior
    if posterior is None:
        return None
    spread = sum(sd * sd for sd in posterior.sd_of_mu)
    return math.sqrt(sum(posterior.mean_variance) / spread) if spread > 0 else math.inf


def log_var_sentence(run: Studied, runs: Sequence[Studied]) -> str | None:
    """Say whether a VAE uses its log_var, and if not, whether it is like the autoencoder beside it; None for an AE."""
    share = noise_share(run)
    if share is None:
        return None
    if share >= UNUSED:
        moved = "more than" if share > 1 else f"{100 * share:.0f} % of"
        return f"In {run.name} drawing with log_var moves a z-point by {moved} the cloud's own spread."
    text = (
        f"{run.name} hardly uses its log_var: drawing moves a z-point by {100 * share:.2g} % of the cloud's own spread"
    )
    plain = next((other for other in runs if not other.variational), None)
    if plain is None or plain.codes.z_dim != run.codes.z_dim:
        return f"{text}, as if it were an autoencoder."
    ours, theirs, law = run.analysis.radius, plain.analysis.radius, run.analysis.radius.chi_mean
    lies = (
        f"its z-points lie at radius {_near(ours.mean)} ± {_near(ours.sd)} ({plain.name} {_near(theirs.mean)} ± "
        f"{_near(theirs.sd)}, N(0, I) {_near(law)}), its prior mismatch is {number(run.analysis.mismatch.total)} nats "
        f"per dimension ({plain.name} {number(plain.analysis.mismatch.total)})"
    )
    if _is_like(ours.mean, theirs.mean, law):
        return f"{text}. It behaves like the autoencoder: {lies}."
    return f"{text}. Yet it does not lie like the autoencoder: {lies}."


def _is_like(radius: float, plain: float, law: float) -> bool:
    # Nearer to the autoencoder's radius than to that of N(0, I), by ratio.
    if min(radius, plain) <= 0:
        return radius == plain
    return abs(math.log(radius / plain)) < abs(math.log(radius / law))


def reconstruction_sentence(runs: Sequence[Studied]) -> str | None:
    """Say which run reconstructs best and by how much; None where they cannot be compared."""
    if not same_data(runs) or len({repr(run.trained.recipe.task) for run in runs if run.trained}) > 1:
        return None
    psnr = {run.name: run.trained.shown.get("psnr") for run in runs if run.trained}
    known = {name: value for name, value in psnr.items() if value is not None}
    if len(known) < 2:
        return None
    best, worst = max(known, key=lambda name: known[name]), min(known, key=lambda name: known[name])
    gap = known[best] - known[worst]
    if gap < 0.1:
        return f"All reconstruct alike: their PSNR differs by {gap:.2f} dB at most."
    return f"{best} reconstructs best ({known[best]:.2f} dB PSNR), {worst} least ({gap:.2f} dB below it)."


def generation_sentence(runs: Sequence[Studied]) -> str:
    """Say, by the prior mismatch, for which runs N(0, I) gives points among the codes, and for which it does not."""
    by = {run.name: run.analysis.mismatch for run in runs}
    groups: dict[str, list[str]] = {"on or near": [], "partly outside of": [], "far from": []}
    for name, mismatch in by.items():
        distance = mismatch.total - mismatch.wide
        groups["on or near" if distance < FAR else "partly outside of" if distance < APART else "far from"].append(name)
    listed = {
        where: joined([f"{name} ({number(by[name].total)})" for name in names])
        for where, names in groups.items()
        if names
    }
    said = [
        f"{where} {'the codes' if place == 0 else 'those'} of {listed[where]}" for place, where in enumerate(listed)
    ]
    remedy = (
        "" if len(groups["on or near"]) == len(by) else "; what is fitted to the codes is the one to draw from there"
    )
    return f"Random points from N(0, I) fall {joined(said)} (prior mismatch, nats per dimension){remedy}."


def measured_sentence(runs: Sequence[Studied]) -> str | None:
    """Say which prior makes which run generate best; None where nothing was measured.

    By the kernel distance: many alike dark images can lie near real ones, and the precision then be high.
    """
    said = []
    for run in runs:
        priors = run.scores
        if not priors:
            continue
        best = min(priors, key=lambda name: priors[name].kernel_distance)
        scores = priors[best]
        said.append(
            f"{run.name} from {best} ({scores.kernel_distance:.2g}; precision {scores.precision:.2f}, recall "
            f"{scores.recall:.2f})"
        )
    if not said:
        return None
    return f"By the kernel distance, random images are nearest to real ones for {'; '.join(said)}."


def joined(names: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _near(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
