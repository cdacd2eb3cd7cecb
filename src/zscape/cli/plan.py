"""`zscape plan`."""

from typing import TYPE_CHECKING, Annotated

import typer

from zscape.cli.arguments import JsonOption, RecipeArgument, SettingsArgument
from zscape.cli.output import print_json, print_table
from zscape.reporting.numbers import counted, exact_psnr
from zscape.specs.byte_sizes import format_bytes
from zscape.specs.memory_changes import MemoryFit
from zscape.specs.memory_estimate import Memory
from zscape.specs.plan import NetworkPlan

if TYPE_CHECKING:
    from zscape.analysis.linear_baseline import LinearBaseline

_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
MemoryOption = Annotated[
    str | None,
    typer.Option("--memory", metavar="SIZE", help="Memory there is, e.g. 2GiB: does training fit, and what would?"),
]


def plan(
    recipe: RecipeArgument,
    settings: SettingsArgument = None,
    memory: MemoryOption = None,
    json: JsonOption = False,
) -> None:
    """Show layers, parameters and memory of a recipe, and what a linear code does, before anything is trained."""
    from zscape.workflow.plan import plan as plan_recipe

    planned = plan_recipe(recipe, settings or (), memory=memory)
    if json:
        print_json(planned)
        return
    print(f"images of {'x'.join(map(str, planned.image_shape))}, {counted(planned.z_dim, 'latent dimension')}")
    _print_network("encoder", planned.encoder)
    _print_network("decoder", planned.decoder)
    if planned.likelihood:
        print("\nlikelihood: 1 parameter, the learned sigma")
    print(f"\ntotal: {planned.total:,} parameters")
    _print_memory(planned.memory)
    if planned.memory_fit is not None:
        _print_fit(planned.memory_fit)
    _print_baseline(planned.linear_baseline)


def _print_network(name: str, network: NetworkPlan) -> None:
    print(f"\n{name}: {network.parameters:,} parameters, {network.trainable:,} of them trained")
    rows = [
        (f"  {layer.name}", layer.kind, "x".join(map(str, layer.output_shape)), f"{layer.parameters:,}")
        for layer in network.layers
    ]
    print_table(rows, right=(3,))


def _print_memory(memory: Memory) -> None:
    title = _TITLES[memory.backend]
    where = "on a graphics card, with constants measured on a processor" if memory.on_card else "on a processor"
    print(
        f"memory for training at batch size {memory.batch_size} with {title} in {memory.precision}, predicted {where}: "
        f"{format_bytes(memory.needs)}"
    )
    step = memory.gradients + memory.activations + memory.work_space
    at_step = (
        ("gradients", memory.gradients),
        ("activations", memory.activations),
        ("work space", memory.work_space),
    )
    parts = (
        ("weights", memory.parameters),
        ("Adam's slots", memory.optimizer),
        ("sums of gradients", memory.accumulation),
        *(at_step if step >= memory.checkpoint else (("copies while a checkpoint is written", memory.checkpoint),)),
        (title, memory.framework),
    )
    print("  " + ", ".join(f"{name} {format_bytes(size)}" for name, size in parts if size))
    if memory.process:
        print(f"  that is {format_bytes(memory.peak)} on top of a process of {format_bytes(memory.process)}")


def _print_fit(fit: MemoryFit) -> None:
    print(fit.sentence)
    if not any(change.fits for change in fit.changes):
        return
    rows = [
        (
            f"  {' '.join(change.settings)}",
            format_bytes(change.needs),
            "" if change.fits else "too much",
            change.meaning,
        )
        for change in fit.changes
    ]
    print_table(rows, right=(1,))


def _print_baseline(baseline: "LinearBaseline | None") -> None:
    if baseline is None:
        print("linear baseline: known after preparation, the images are not at hand")
        return
    reaches = "is exact to 8 bits, at" if exact_psnr(baseline.mse) else f"reaches PSNR {baseline.psnr:.1f} dB and"
    fitted = f"PCA of {counted(baseline.fitted_on, 'training image')}, {baseline.measured_on} images"
    print(
        f"linear baseline: the best linear code of {counted(baseline.z_dim, 'number')} {reaches} a reconstruction of "
        f"{baseline.reconstruction:,.5g} nats per image ({fitted})"
    )
