"""`zscape weight`."""

from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption, parse_image_shape
from zscape.cli.output import print_json, print_table


def weight(
    image: Annotated[str, typer.Option(metavar="HxWxC", help="Shape of the images, e.g. 96x96x3.", show_default=False)],
    z_dim: Annotated[int, typer.Option("--z-dim", min=1, help="Latent dimensions.", show_default=False)],
    fact: Annotated[float | None, typer.Option(help="The weight as the articles' factor; needs --convention.")] = None,
    convention: Annotated[str | None, typer.Option(help="tape or mean.")] = None,
    beta: Annotated[float | None, typer.Option(help="The weight as beta.")] = None,
    sigma: Annotated[float | None, typer.Option(help="The weight as the decoder's sigma (mse only).")] = None,
    reconstruction: Annotated[str, typer.Option(help="bce, mse or gaussian.")] = "bce",
    json: JsonOption = False,
) -> None:
    """Show one KL weight in every form in which people state it."""
    from zscape.formulas.likelihoods.registry import LIKELIHOODS
    from zscape.workflow.weight import weight as convert

    forms = convert(
        image=parse_image_shape(image),
        z_dim=z_dim,
        reconstruction=reconstruction,
        beta=beta,
        fact=fact,
        convention=convention,
        sigma=sigma,
    )
    if json:
        print_json(forms)
        return
    kind = LIKELIHOODS.get(reconstruction).sigma
    of_sigma = {"none": ": a Bernoulli likelihood has none", "stated": ", at beta 1", "learned": ": it is learned"}
    learned = "; not where sigma is learned" if kind == "learned" else ""
    meanings = {
        "beta": "factor of the KL, nats per image" + (", at sigma 1" if kind == "stated" else ""),
        "sigma": "standard deviation of the decoder" + of_sigma[kind],
        "fact_tape": "sums over height and width, mean over channels; KL summed" + learned,
        "fact_mean": "means over all values and over z; KL without 1/2" + learned,
    }
    print_table([(name, "-" if forms[name] is None else f"{forms[name]:.6g}", text) for name, text in meanings.items()])
