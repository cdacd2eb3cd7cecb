import pytest

from zscape.core.errors import InputError, TrainingStopped, ZscapeError
from zscape.core.names import nearest, some_of, unknown_name
from zscape.core.registry import Registry


@pytest.mark.parametrize(
    ("name", "expected"), [("mnits", "mnist"), ("MNIST", "mnist"), ("digit", "digits"), ("q", None)]
)
def test_nearest(name, expected):
    assert nearest(name, ["digits", "mnist"]) == expected


def test_sentence_with_a_guess_and_without():
    assert unknown_name("source", "mnits", ["mnist", "digits"]) == (
        "Unknown source 'mnits'. Did you mean 'mnist'? Known: digits, mnist."
    )
    assert unknown_name("source", "q", ["mnist"]) == "Unknown source 'q'. Known: mnist."


def test_registry_looks_up_and_enumerates_in_order():
    registry: Registry[int] = Registry("thing")
    for name, value in (("b", 1), ("a", 2)):
        assert registry.register(name)(value) == value
    assert registry.get("a") == 2 and list(registry) == ["b", "a"] and len(registry) == 2


def test_registry_names_the_nearest():
    registry: Registry[int] = Registry("thing")
    registry.register("uniform")(1)
    with pytest.raises(InputError, match=r"Unknown thing 'unifrom'\. Did you mean 'uniform'\?"):
        registry.get("unifrom")


def test_registering_twice():
    registry: Registry[int] = Registry("thing")
    registry.register("a")(1)
    with pytest.raises(ValueError, match="thing 'a' is registered twice"):
        registry.register("a")(2)
    assert registry.get("a") == 1


def test_exit_codes():
    assert (ZscapeError.exit_code, InputError.exit_code, TrainingStopped.exit_code) == (1, 2, 1)
    assert issubclass(InputError, ZscapeError) and issubclass(TrainingStopped, ZscapeError)


def test_some_of():
    assert some_of(["c", "a", "c"], ("a", "b", "c"), "Figures") == ("a", "c")
    assert some_of("b", ("a", "b"), "Figures") == ("b",) and some_of((), ("a",), "Figures") == ()
    with pytest.raises(InputError, match=r"^Tables cannot be written as 'd'; choose from a, b\.$"):
        some_of(["a", "d"], ("a", "b"), "Tables")
