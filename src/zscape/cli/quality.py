"""`zscape quality`."""

from typing import Annotated, Any

import typer

from zscape.cli.arguments import JsonOption, RunArgument, SplitOption
from zscape.cli.output import print_json, print_table

_SHARES = ("precision", "recall", "density", "coverage")
_DISTANCES = {"kernel_distance": "kernel distance", "frechet": "frechet", "fid": "FID"}


def quality(
    directory: RunArgument,
    priors: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="PRIORS",
            help="Priors of the random images, e.g. normal,fitted,mixture,uniform:1; may be given again.",
        ),
    ] = None,
    n: Annotated[int, typer.Option("-n", help="Random images of each prior, and real ones.")] = 2000,
    k: Annotated[int, typer.Option("--k", help="A neighbourhood reaches to the k-th neighbour.")] = 3,
    embedding: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|DIR",
            help="classifier (where the images have labels), pixels, a run whose encoder is taken, or inception:FILE "
            "for FID, with the file of its weights.",
        ),
    ] = None,
    log_likelihood: Annotated[
        int | None, typer.Option("--log-likelihood", metavar="N", help="Also estimate log p(x) with N draws per image.")
    ] = None,
    images: Annotated[int, typer.Option(help="Images that log p(x) is estimated for, at most.")] = 500,
    split: SplitOption = "test",
    seed: Annotated[int, typer.Option(help="Fixes all draws.")] = 1,
    json: JsonOption = False,
) -> None:
    """Print how good reconstructions and random images are; quality.json in DIR keeps it for the report."""
    from zscape.workflow.quality import quality as measure

    stated = [text.strip() for entry in priors or () for text in entry.split(",") if text.strip()]
    record = measure(
        directory,
        priors=stated or None,
        n=n,
        k=k,
        embedding=embedding,
        log_likelihood=log_likelihood,
        log_likelihood_images=images,
        split=split,
        seed=seed,
    )
    print_json(record) if json else _print(record)


def _print(record: Any) -> None:
    reconstruction, generation, likelihood = record.reconstruction, record.generation, record.log_likelihood
    rows = [["reconstructions", "mean", "sd", "5 %", "50 %", "95 %", "unit"]]
    for name, unit in (("psnr", "dB"), ("ssim", ""), ("reconstruction", "nats per image")):
        values = getattr(reconstruction, name)
        numbers = (values.mean, values.sd, values.p5, values.p50, values.p95)
        rows.append([name, *map(_text, numbers), unit])
    print_table(rows, right=range(1, 6))
    if generation is not None:
        _print_generation(generation)
    if likelihood is not None:
        error = f"+- {likelihood.standard_error:.2g}"
        print(f"\nlog p(x): {likelihood.mean:.2f} {error} nats per image, {likelihood.n:,} draws each")
    print()
    for sentence in (*record.sentences.values(), *record.left_out.values()):
        print(sentence)
    print(f"\nProtocol: {record.protocol}")


def _print_generation(generation: Any) -> None:
    print()
    scores = {"real images": generation.real, **generation.priors}
    # Never both: FID is what the Fréchet distance is called in Inception's features.
    distances = ("kernel_distance", "fid" if generation.embedding.fid else "frechet")
    header = ["random images", *_SHARES, *(_DISTANCES[name] for name in distances)]
    rows = [
        [name, *(f"{getattr(row, key):.3f}" for key in _SHARES), *(_distance(getattr(row, key)) for key in distances)]
        for name, row in scores.items()
    ]
    print_table([header, *rows], right=range(1, len(header)))
    print(f"embedding: {generation.embedding.name}")


def _distance(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.1f}"


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
