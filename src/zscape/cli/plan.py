"""`zscape plan`."""

from typing import TYPE_CHECKING

from zscape.cli.arguments import JsonOption, RecipeArgument, SettingsArgument
from zscape.cli.output import print_json, print_table
from zscape.reporting.numbers import counted, exact_psnr
from zscape.specs.plan import MemoryPlan, NetworkPlan

if TYPE_CHECKING:
    from zscape.analysis.linear_baseline import LinearBaseline

_MIB = 2**20


def plan(recipe: RecipeArgument, settings: SettingsArgument = None, json: JsonOption = False) -> None:
    """Show layers, parameters and memory of a recipe, and what a linear code does, before anything is trained."""
    from zscape.workflow.plan import plan as plan_recipe

    planned = plan_recipe(recipe, settings or ())
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
    _print_baseline(planned.linear_baseline)


def _print_network(name: str, network: NetworkPlan) -> None:
    print(f"\n{name}: {network.parameters:,} parameters, {network.trainable:,} of them trained")
    rows = [
        (f"  {layer.name}", layer.kind, "x".join(map(str, layer.output_shape)), f"{layer.parameters:,}")
        for layer in network.layers
    ]
    print_table(rows, right=(3,))


def _print_memory(memory: MemoryPlan) -> None:
    print(
        f"memory for training at batch size {memory.batch_size}, by arithmetic: {memory.total / _MIB:,.0f} MiB "
        f"(weights {memory.parameters / _MIB:,.0f}, gradients {memory.gradients / _MIB:,.0f}, "
        f"Adam {memory.optimizer / _MIB:,.0f}, activations {memory.activations / _MIB:,.0f})"
    )


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
