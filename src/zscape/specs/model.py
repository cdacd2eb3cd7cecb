"""`model.*`: the networks."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from zscape.specs.base import PositiveFloat, PositiveInt, Spec

Padding = Literal["same", "valid"]
Activation = Literal["leaky_relu", "relu", "selu", "gelu", "silu"]
DenseActivation = Literal["linear", "leaky_relu", "relu", "selu", "gelu", "silu"]
_PER_LAYER = ("kernels", "strides", "padding")


def _one_per_layer(values: Any, filters: Any, **defaults: Any) -> Any:
    """Turn a single kernel, stride or padding into one per layer; unstated ones take their default."""
    given = {**defaults, **{key: value for key, value in values.items() if value is not None}}
    if not isinstance(filters, (list, tuple)):
        # Wrong anyway, and will be said; single numbers would only add "must be a list".
        return {key: value for key, value in values.items() if key not in _PER_LAYER or isinstance(value, list)}
    if not filters:  # no convolutions: what a recipe says about each of them has no object
        return {**given, **dict.fromkeys(_PER_LAYER, ())}
    repeated = {key: [given[key]] * len(filters) for key in _PER_LAYER if isinstance(given.get(key), (int, str))}
    return {**given, **repeated}


def _check_length(entries: tuple[Any, ...], info: ValidationInfo, filters_key: str) -> None:
    filters = info.data.get("filters")  # missing when it was itself wrong
    if filters is not None and len(entries) != len(filters):
        raise ValueError(
            f"has {len(entries)} entr{'y' if len(entries) == 1 else 'ies'} where {filters_key} has {len(filters)}: "
            "give one entry per layer, or a single one for all"
        )


class DecoderSpec(Spec):
    """`model.decoder.*`: the decoder where it is not the mirror of the encoder.

    Attributes:
        filters: one per layer, the output layer included, so the last is the number of channels; None mirrors the
            encoder.
        kernels: one per layer, pixels.
        strides: one per layer.
        padding: one per layer, "same" or "valid".
        dense: sizes of hidden Dense layers in front; None mirrors `model.dense`.
        dense_activation: activation of the Dense layer that leads to the first map.
    """

    filters: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] | None = None
    kernels: tuple[PositiveInt, ...] | None = None
    strides: tuple[PositiveInt, ...] | None = None
    padding: tuple[Padding, ...] | None = None
    dense: tuple[PositiveInt, ...] | None = None
    dense_activation: DenseActivation = "linear"

    @model_validator(mode="before")
    @classmethod
    def _broadcast(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        stated = [key for key in _PER_LAYER if values.get(key) is not None]
        if values.get("filters") is None:
            if stated:
                raise ValueError(f"decoder.{stated[0]} needs decoder.filters; without it the encoder is mirrored")
            return values
        return _one_per_layer(values, values["filters"], kernels=3, strides=1, padding="same")

    @field_validator(*_PER_LAYER)
    @classmethod
    def _one_entry_each(cls, value: tuple[Any, ...] | None, info: ValidationInfo) -> tuple[Any, ...] | None:
        if value is not None:
            _check_length(value, info, "model.decoder.filters")
        return value


class ModelSpec(Spec):
    """`model.*`: the encoder and decoder networks.

    Attributes:
        kind: "vae" or "ae".
        filters: filters of each convolution of the encoder; empty for networks of Dense layers alone.
        kernels: kernel size of each, pixels; a single number serves all.
        strides: stride of each; a single number serves all.
        padding: "same" or "valid" of each; a single word serves all.
        block: "plain", or "residual" for two convolutions per level with a shortcut around them, in both halves.
        upsampling: how the decoder enlarges: "transpose" (transposed convolutions) or "resize" (pixels repeated, then
            a convolution), which leaves no checkerboard.
        dense: sizes of hidden Dense layers between the last map and the heads, mirrored in the decoder.
        z_dim: dimensions of the latent space.
        bottleneck: size of a Dense layer right before the heads, in the encoder only; None leaves it out.
        bottleneck_activation: its activation.
        activation: activation after each convolution and hidden Dense layer; "selu" brings LeCunNormal initialisers
            and AlphaDropout.
        leaky_slope: slope of leaky_relu for negative values.
        batch_norm: BatchNormalization between convolution and activation.
        batch_norm_momentum: momentum of its moving averages.
        dropout: share of values dropped after each activation in training, in [0, 1).
        epsilon_limit: bound on |eps| elementwise in z = mu + exp(log_var / 2) eps.
        log_var_bounds: smooth bounds of log_var.
        decoder: the decoder where it is not the encoder's mirror.
    """

    kind: Literal["ae", "vae"] = "vae"
    filters: tuple[PositiveInt, ...] = (32, 64)
    kernels: tuple[PositiveInt, ...] = (3, 3)
    strides: tuple[PositiveInt, ...] = (2, 2)
    padding: tuple[Padding, ...] = ("same", "same")
    block: Literal["plain", "residual"] = "plain"
    upsampling: Literal["transpose", "resize"] = "transpose"
    dense: tuple[PositiveInt, ...] = ()
    z_dim: PositiveInt = 12
    bottleneck: PositiveInt | None = None
    bottleneck_activation: DenseActivation = "linear"
    activation: Activation = "leaky_relu"
    leaky_slope: Annotated[float, Field(ge=0, lt=1)] = 0.3
    batch_norm: bool = False
    batch_norm_momentum: Annotated[float, Field(gt=0, lt=1)] = 0.9
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    epsilon_limit: PositiveFloat = 5.0
    log_var_bounds: tuple[float, float] = (-30.0, 10.0)
    decoder: DecoderSpec = DecoderSpec()

    @model_validator(mode="before")
    @classmethod
    def _broadcast(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return _one_per_layer(values, values.get("filters", (32, 64)), kernels=3, strides=2, padding="same")

    @field_validator("log_var_bounds")
    @classmethod
    def _ordered(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not -80 <= value[0] < value[1] <= 80:  # exp(80) is the last round number below float32's largest
            raise ValueError(f"the bounds must be two numbers in [-80, 80], the lower first; received {list(value)}")
        return value

    @field_validator(*_PER_LAYER)
    @classmethod
    def _one_entry_each(cls, value: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
        _check_length(value, info, "model.filters")
        return value

    @model_validator(mode="after")
    def _fitting(self) -> "ModelSpec":
        own = self.decoder.padding
        if self.block == "residual" and "valid" in (*self.padding, *(own or ())):
            raise ValueError("block: residual needs padding: same, so that both ways through a block give one size")
        if self.upsampling == "resize" and own is None and "valid" in self.padding:
            raise ValueError(
                "upsampling: resize mirrors an encoder with padding: same only; use that, or give decoder.filters"
            )
        if not self.filters and self.decoder.filters is None and self.decoder.dense_activation != "linear":
            raise ValueError(
                "decoder.dense_activation must be linear without convolutions: that layer gives the logits; hidden "
                "layers are given as model.dense"
            )
        return self
