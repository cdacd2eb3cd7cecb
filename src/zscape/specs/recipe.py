"""A recipe: everything that decides a run."""

from typing import Any, TypeVar

import yaml
from pydantic import ValidationError, model_validator

from zscape.core.errors import InputError
from zscape.specs.base import Spec
from zscape.specs.data import DataSpec
from zscape.specs.layout import decoder_layout, encoder_layout
from zscape.specs.model import ModelSpec
from zscape.specs.objective import ObjectiveSpec
from zscape.specs.problems import describe_problems
from zscape.specs.quantities import why_not_reported
from zscape.specs.task import RECONSTRUCT, TaskSpec, check_task
from zscape.specs.training import TrainingSpec

SpecType = TypeVar("SpecType", bound=Spec)


class Recipe(Spec):
    """Everything that decides a run; frozen, complete, and written into the run directory.

    Attributes:
        data: which images.
        task: what goes into the networks, and what is to come out.
        model: which networks.
        objective: what is minimised.
        training: how.
    """

    data: DataSpec = DataSpec()
    task: TaskSpec = RECONSTRUCT
    model: ModelSpec = ModelSpec()
    objective: ObjectiveSpec = ObjectiveSpec()
    training: TrainingSpec = TrainingSpec()

    @model_validator(mode="after")
    def _networks_fit_images(self) -> "Recipe":
        if self.data.image_shape is not None:
            encoder_layout(self.data.image_shape, self.model)
            decoder_layout(self.data.image_shape, self.model)
        return self

    @model_validator(mode="after")
    def _task_fits_images(self) -> "Recipe":
        check_task(self.task, self.data)
        return self

    @model_validator(mode="after")
    def _objective_fits_training(self) -> "Recipe":
        pathway, schedule, training = self.objective.kl_pathway, self.objective.schedule, self.training
        variational, problems = self.model.kind == "vae", []
        if not variational and pathway != "model":
            problems.append(
                f"objective.kl_pathway: {pathway} says how a KL loss gets into training; an autoencoder has none: "
                "leave it out, or take model.kind: vae"
            )
        elif pathway == "tape" and training.guard != "stop":
            problems.append(guard_needs_another_pathway(training.guard))
        if pathway != "model" and training.precision.startswith("mixed_"):
            problems.append(
                f"training.precision: {training.precision} goes with objective.kl_pathway: model only; "
                f"with {pathway} take float32"
            )
        if variational and schedule.epochs is not None and schedule.epochs > training.epochs:
            problems.append(
                f"objective.schedule.epochs is {schedule.epochs}, but training.epochs is {training.epochs}: the "
                "warm-up would not end"
            )
        learned = self.objective.likelihood.sigma == "learned"
        for key in ("schedule", "early_stopping"):
            quantity = getattr(training, key).quantity
            reason = quantity and why_not_reported(quantity, variational, learned)
            if reason:
                problems.append(f"training.{key}.quantity: this training does not report {quantity}: {reason}")
        if problems:
            raise ValueError(". ".join(problems))
        return self

    def for_images(self, image_shape: tuple[int, int, int]) -> "Recipe":
        """Return this recipe with `data.size` and `data.channels` stated as those of the images.

        Raises:
            InputError: when the networks do not fit images of that shape.
        """
        values = self.model_dump()
        values["data"].update(size=image_shape[:2], channels=image_shape[2])
        return parse_recipe(values)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images.

        Raises:
            InputError: when neither the recipe nor its source says.
        """
        if self.data.image_shape is None:
            raise InputError(
                f"The size of the images is not known before the data are read (source {self.data.source!r}): "
                "state it, for example data.size=96 data.channels=3."
            )
        return self.data.image_shape

    def to_yaml(self) -> str:
        """Return the complete recipe as YAML text."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, default_flow_style=None, width=100)

    def notes(self) -> list[str]:
        """Return a sentence for each thing in the recipe that has no effect."""
        if self.model.kind == "ae" and self.objective.weight != ObjectiveSpec().weight:
            return ["model.kind is ae: objective.weight has no effect, an autoencoder has no KL term."]
        return []


def guard_needs_another_pathway(choice: str) -> str:
    """Return why `training.guard` cannot be `choice` with a training step that is not Keras' own."""
    return (
        f"training.guard: {choice} needs Keras' own training step, which kl_pathway tape does not use: take "
        "objective.kl_pathway: model, or training.guard: stop, which looks at the end of every epoch there"
    )


def parse_recipe(values: Any) -> Recipe:
    """Return the recipe that nested dicts describe.

    Raises:
        InputError: with one line per problem, all of them together.
    """
    return parse_part(Recipe, values)


def parse_part(part: type[SpecType], values: Any) -> SpecType:
    """Return the part of a recipe (or the whole) that nested dicts describe.

    Raises:
        InputError: with one line per problem, all of them together.
    """
    try:
        return part.model_validate(values)
    except ValidationError as error:
        raise InputError(describe_problems(error, part)) from None
