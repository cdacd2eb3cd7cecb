"""Contestants `pytorch_float32` and `pytorch_bfloat16`: the same network and training as a hand-written PyTorch loop.

Written to be fast: channels_last, the fused Adam, images in memory as float32, nothing tracked but the loss. Strided
convolutions pad symmetrically where Keras pads at the end: the same amount of work, one pixel aside.
"""

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from benchmarks.networks import Network, noise_images
from benchmarks.workers.task import Line, Task, Watch


def main() -> None:
    """Train until the harness closes the line."""
    task, line = Task.from_arguments(), Line()
    torch.set_num_threads(task.threads)
    torch.manual_seed(1)
    loop = Loop(task)
    loop.piece()
    count = sum(parameter.numel() for parameter in loop.model.parameters())
    line.say(parameters=count, loss=loop.first_loss, torch=torch.__version__)
    while line.wait():
        line.say(**loop.piece())


class Loop:
    """The training loop.

    Args:
        task: the worker's task.
    """

    def __init__(self, task: Task) -> None:
        network = task.network
        images = torch.from_numpy(noise_images(network, task.images)).permute(0, 3, 1, 2).float() / 255.0
        self._images = images.contiguous(memory_format=torch.channels_last)
        self._untimed = task.untimed
        self._size = network.batch_size
        self._beta = network.beta
        self._bfloat16 = task.precision == "mixed_bfloat16"
        self.model: nn.Module = Vae(network).to(memory_format=torch.channels_last)  # pyright: ignore
        self._optimizer = torch.optim.Adam(self.model.parameters(), network.learning_rate, eps=1e-7, fused=True)
        self.first_loss = 0.0

    def piece(self) -> dict[str, float]:
        """Train one epoch; return the time of its steps but the untimed one."""
        watch = Watch()
        for number, batch in enumerate(torch.randperm(len(self._images)).split(self._size)):
            loss = self._step(self._images[batch])
            self.first_loss = self.first_loss or float(loss)
            if number + 1 == self._untimed:
                watch = Watch()
        return watch.taken()

    def _step(self, images: torch.Tensor) -> torch.Tensor:
        self._optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._bfloat16):
            mu, log_var, logits = self.model(images)
        pixels = functional.binary_cross_entropy_with_logits(logits.float(), images, reduction="sum")
        mu, log_var = mu.float(), log_var.float()
        kl = 0.5 * (mu * mu + log_var.exp() - log_var - 1.0).sum()
        loss = (pixels + self._beta * kl) / len(images)
        loss.backward()
        self._optimizer.step()
        return loss.detach()


class Vae(nn.Module):
    """The network.

    Args:
        network: its numbers.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        height, width, channels = network.map_shape
        self.encoder = nn.Sequential(*_down(network), nn.Flatten())
        self.mu, self.log_var = (nn.Linear(height * width * channels, network.z_dim) for _ in range(2))
        first = nn.Linear(network.z_dim, height * width * channels)
        self.decoder = nn.Sequential(first, nn.Unflatten(1, (channels, height, width)), *_up(network))
        self.apply(_initialise)

    def forward(self, images: torch.Tensor) -> Any:
        codes = self.encoder(images)
        mu, log_var = self.mu(codes), self.log_var(codes)
        z = mu + (0.5 * log_var).exp() * torch.randn_like(mu)
        return mu, log_var, self.decoder(z)


def _down(network: Network) -> list[nn.Module]:
    layers, before = [], network.image_shape[-1]
    for filters, stride in zip(network.filters, network.strides, strict=True):
        layers += [nn.Conv2d(before, filters, 3, stride, padding=1), *_normalisation_and_activation(filters, network)]
        before = filters
    return layers


def _up(network: Network) -> list[nn.Module]:
    layers, before = [], network.filters[-1]
    for filters, stride in zip(network.filters[-2::-1], network.strides[:0:-1], strict=True):
        layers += [_transposed(before, filters, stride), *_normalisation_and_activation(filters, network)]
        before = filters
    return [*layers, _transposed(before, network.image_shape[-1], network.strides[0])]


def _transposed(before: int, filters: int, stride: int) -> nn.Module:
    return nn.ConvTranspose2d(before, filters, 3, stride, padding=1, output_padding=stride - 1)


def _normalisation_and_activation(filters: int, network: Network) -> list[nn.Module]:
    # PyTorch's momentum is the weight of the new batch; eps is Keras'.
    normalisation = [nn.BatchNorm2d(filters, eps=1e-3, momentum=0.1)] if network.batch_norm else []
    return [*normalisation, nn.LeakyReLU(network.leaky_slope)]


def _initialise(layer: nn.Module) -> None:
    """Draw weights as Keras does, so that the first losses can be compared."""
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


if __name__ == "__main__":
    main()
