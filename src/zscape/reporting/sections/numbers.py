"""The final numbers, and what they say about the KL weight."""

from collections.abc import Sequence

from zscape.reporting.blocks import Apart, Block, Details, Numbers, Section, Text
from zscape.reporting.codes_numbers import study_table
from zscape.reporting.numbers import articles_table, metrics_table
from zscape.reporting.studied import Studied, Trained
from zscape.reporting.weight import forms_sentence, weight_sentences

_ARTICLES = "The same in the units of the articles that zscape goes back to"
_UNITS = "tape: sums over height and width, means over channels; mean: means over all values."


def section(runs: Sequence[Studied]) -> Section:
    """Return the section."""
    if len(runs) == 1:
        return Section("numbers", "Final numbers", (*_tables(runs[0]), *_sentences(runs[0]), *_articles(runs[0])))
    said = Apart(tuple((position, _sentences(run)) for position, run in enumerate(runs)))
    tables = tuple(
        Details(f"{run.name}: every number of every split", (*_tables(run), *_articles(run))) for run in runs
    )
    return Section("numbers", "Final numbers", (said, *tables))


def _tables(run: Studied) -> tuple[Block, ...]:
    if run.trained is None:
        return (Numbers(study_table(run.analysis, run.reconstructions.telling_psnr if run.reconstructions else None)),)
    return (Numbers(metrics_table(run.trained.metrics, run.codes.z_dim, run.variational, run.trained.baseline)),)


def _articles(run: Studied) -> tuple[Block, ...]:
    if run.trained is None:
        return ()
    return (Details(_ARTICLES, (Text(_UNITS), Numbers(articles_table(run.trained.metrics)))),)


def _sentences(run: Studied) -> tuple[Block, ...]:
    if run.trained is None:
        return ()
    judged = " ".join(weight_sentences(run.trained.shown, run.codes.z_dim, run.variational))
    forms = (Text(_forms(run, run.trained)),) if run.variational else ()
    return (*forms, *((Text(judged),) if judged else ()))


def _forms(run: Studied, trained: Trained) -> str:
    recipe = trained.recipe
    return forms_sentence(recipe.objective, recipe.image_shape, run.codes.z_dim, trained.shown.get("sigma"))
