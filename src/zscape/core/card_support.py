"""Which builds of the backends serve which machine, and how to install them: one table, each row with its source.

Checked in November 2026. pip resolved the backends of these lines from PyPI then, without installing them: TensorFlow
2.21.0, JAX 0.10.2, PyTorch 2.15.0, and cuDNN 9.10.2 where a line keeps it below 9.11. Lines with download.pytorch.org
could not be tried, and no card older than 7.5 was at hand. A line is what a new, empty environment needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zscape.core.cards import Card
from zscape.core.hardware import Machine

_ANY = (99, 0)
_X86 = ("x86_64", "AMD64")
_ARM = ("aarch64", "arm64")
_TORCH_INDEX = "--index-url https://download.pytorch.org/whl"


@dataclass(frozen=True)
class Build:
    """A build of a backend for NVIDIA's cards.

    Attributes:
        backend: "tensorflow", "jax" or "torch".
        capability: the lowest compute capability it serves, and the first that it does not.
        cuda: major version of CUDA that the driver must support.
        systems: operating systems, as Python names them; WSL2 is Linux.
        architectures: of processors.
        python: the first version of Python without a build.
        install: commands.
        source: who says so.
    """

    backend: str
    capability: tuple[tuple[int, int], tuple[int, int]]
    cuda: int
    systems: tuple[str, ...]
    architectures: tuple[str, ...]
    python: tuple[int, int]
    install: tuple[str, ...]
    source: str

    def serves(self, machine: Machine, card: Card) -> bool:
        """Return whether it runs on this card, given a driver that is new enough."""
        lowest, end = self.capability
        return card.capability is not None and lowest <= card.capability < end and self._installs_on(machine)

    def serves_now(self, machine: Machine, card: Card) -> bool:
        """Return whether it runs on this card with the driver that is there; an unknown driver counts as new."""
        return self.serves(machine, card) and (card.cuda is None or card.cuda[0] >= self.cuda)

    def _installs_on(self, machine: Machine) -> bool:
        return (
            machine.system in self.systems
            and machine.processor.architecture in self.architectures
            and python_version(machine) < self.python
        )


# In the order of preference: TensorFlow, on which zscape is tested most, then the newest CUDA. Before Turing (7.5)
# cuDNN has to stay below 9.11, which serves 7.5 and newer only (NVIDIA's support matrices of 9.10 and 9.11, compared in
# immich-app/immich#23110), while pip would take the newest.
BUILDS = (
    Build(
        "tensorflow", ((7, 5), (10, 0)), 12, ("Linux",), _X86, (3, 14),
        ('pip install zscape "tensorflow[and-cuda]>=2.20"',),
        # Kernels for sm_60, 70, 80, 89 and PTX for 90; on Blackwell (from 10.0) that PTX does not load:
        "tensorflow/.bazelrc of 2.21; tensorflow/tensorflow#99592, #101746; TensorFlow 2.21's wheel (CUDA 12, Python)",
    ),
    Build(
        "tensorflow", ((6, 0), (7, 5)), 12, ("Linux",), _X86, (3, 14),
        ('pip install zscape "tensorflow[and-cuda]>=2.20" "nvidia-cudnn-cu12>=9.3,<9.11"',),
        "TensorFlow 2.17's release notes (Pascal is the oldest left); TensorFlow 2.21's wheel (cuDNN >= 9.3)",
    ),
    Build(
        "torch", ((5, 0), (6, 0)), 12, ("Linux", "Windows"), _X86, (3, 15),
        (f'pip install "torch<2.15" {_TORCH_INDEX}/cu126', 'pip install "zscape[torch]"'),
        "pytorch/pytorch#190355: 2.14 has Maxwell with CUDA 12.6 and cuDNN 9.10.2; #190385: 2.15 has not",
    ),
    Build(
        "jax", ((7, 5), _ANY), 13, ("Linux",), _X86 + _ARM, (3, 15),
        ('pip install zscape "jax[cuda13]>=0.6"',),
        "docs.jax.dev/en/latest/installation.html: on CUDA 13 SM 7.5 or newer, driver >= 580",
    ),
    Build(
        "jax", ((7, 5), _ANY), 12, ("Linux",), _X86 + _ARM, (3, 15),
        ('pip install zscape "jax[cuda12]>=0.6"',),
        "docs.jax.dev/en/latest/installation.html: on CUDA 12 SM 5.2 or newer, driver >= 525",
    ),
    Build(
        "jax", ((5, 2), (7, 5)), 12, ("Linux",), _X86, (3, 15),
        ('pip install zscape "jax[cuda12]>=0.6" "nvidia-cudnn-cu12>=9.8,<9.11"',),
        "docs.jax.dev/en/latest/installation.html: on CUDA 12 SM 5.2 or newer; jax-cuda12-plugin 0.10.2 (cuDNN >= 9.8)",
    ),
    Build(
        "torch", ((7, 5), _ANY), 13, ("Linux",), _X86 + _ARM, (3, 16),
        ('pip install "zscape[torch]"',),
        "PyTorch 2.15.0's wheel on PyPI brings CUDA 13.2; pytorch/pytorch#190385: Turing and newer",
    ),
    Build(
        "torch", ((7, 5), _ANY), 13, ("Windows",), _X86, (3, 16),
        (f"pip install torch {_TORCH_INDEX}/cu130", 'pip install "zscape[torch]"'),
        "pytorch/pytorch#190385: CUDA 13.0 from download.pytorch.org; wheels for Windows on PyPI have no CUDA",
    ),
    Build(
        "torch", ((6, 0), (10, 0)), 12, ("Linux", "Windows"), _X86, (3, 15),
        (f'pip install "torch<2.15" {_TORCH_INDEX}/cu126', 'pip install "zscape[torch]"'),
        "pytorch/pytorch#190355: CUDA 12.6 builds of 2.14 serve 5.0 to 9.0; #190385: 2.15 has none",
    ),
)  # fmt: skip

# Drivers, NVIDIA's CUDA compatibility guide: the first that supports a major version of CUDA.
_DRIVERS = {12: "525", 13: "580"}


@dataclass(frozen=True)
class Setup:
    """What a machine should have installed.

    Attributes:
        backend: None when there is no backend for this machine.
        card: the card it trains on; None for the processor.
        install: commands for a new environment, one after the other.
        reason: a sentence: why this, and what keeps better hardware from being used.
        others: further backends that could use the same card, with their commands.
    """

    backend: str | None
    card: Card | None
    install: tuple[str, ...]
    reason: str
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()


def recommend_setup(machine: Machine, cards: Sequence[Card]) -> Setup:
    """Return which backend to install on a machine with these NVIDIA cards, and how.

    The strongest card that a build serves is used; where none is, the processor.
    """
    strongest = sorted(cards, key=lambda card: (card.capability or (0, 0), card.memory_gib or 0), reverse=True)
    for card in strongest:
        builds = [build for build in BUILDS if build.serves_now(machine, card)]
        if builds:
            best, *others = builds
            return Setup(
                best.backend,
                card,
                best.install,
                f"{_TITLES[best.backend]} can train on the {card_text(card)}.",
                tuple((build.backend, build.install) for build in others if build.backend != best.backend),
            )
    return _processor_setup(machine, " ".join(why_not(machine, card) for card in strongest))


def why_not(machine: Machine, card: Card) -> str:
    """Return the sentence that says why no build serves a card on this machine."""
    text = card_text(card)
    if card.capability is None:
        return f"The compute capability of the {text} is not known."
    builds = [build for build in BUILDS if build.serves(machine, card)]
    if builds:
        wanted = min(build.cuda for build in builds)
        have = card.driver or "the one installed"
        return f"The {text} needs a newer driver than {have}: {_DRIVERS[wanted]} or newer."
    if card.capability < min(build.capability[0] for build in BUILDS):
        return f"The {text} is too old for every backend."
    return f"No backend has a build for the {text} on {machine.system} {machine.processor.architecture}."


def card_text(card: Card) -> str:
    """Return a card's name with its compute capability, for sentences."""
    return card.name if card.capability is None else f"{card.name} ({card.capability[0]}.{card.capability[1]})"


def python_version(machine: Machine) -> tuple[int, int]:
    """Return major and minor version of the machine's Python."""
    major, minor = machine.python.split(".")[:2]
    return int(major), int(minor)


_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def _processor_setup(machine: Machine, why: str) -> Setup:
    """Return the setup for the processor; `why` says what keeps cards from being used, "" without cards."""
    processor = machine.processor
    lead = f"{why} " if why else ""
    if machine.system == "Darwin" and processor.architecture == "x86_64":
        # TensorFlow 2.16, PyTorch 2.2 and jaxlib 0.4.38 were the last with builds for these.
        return Setup(None, None, (), f"{lead}No backend is built any more for Macs with an Intel processor.")
    if processor.features is not None and processor.architecture in _X86 and "avx" not in processor.features:
        # jaxlib refuses to start, TensorFlow ends with an illegal instruction.
        return Setup(
            "torch", None, ('pip install "zscape[torch]"',),
            f"{lead}This processor has no AVX instructions, which TensorFlow and JAX need; PyTorch does without.",
        )  # fmt: skip
    if python_version(machine) >= (3, 14):  # classifiers of TensorFlow 2.21 and JAX 0.10.2
        backend = "jax" if python_version(machine) == (3, 14) else "torch"
        reason = f"{lead}TensorFlow has no build for Python {machine.python}; {_TITLES[backend]} has."
        return Setup(backend, None, (f'pip install "zscape[{backend}]"',), reason)
    others = tuple((name, (f'pip install "zscape[{name}]"',)) for name in ("jax", "torch"))
    reason = f"{lead}TensorFlow trains on the processor."
    return Setup("tensorflow", None, ('pip install "zscape[tensorflow]"',), reason, others)
