"""The images that a run is about: what they are, which are nearly the same, how far a linear code gets."""

from collections.abc import Sequence
from typing import Any

from zscape.reporting.blocks import Apart, Block, Details, Listing, Panel, Pictures, Section, Text
from zscape.reporting.data_section import data_content
from zscape.reporting.pictures import sheet_for_page
from zscape.reporting.studied import Studied, Trained


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section, once for runs on the same images; None without data.json."""
    described = [(position, run.trained) for position, run in enumerate(runs) if run.trained and run.trained.data]
    if not described:
        return None
    blocks: list[Block] = []
    different = {trained.provenance["data"]["checksum"]: (position, trained) for position, trained in described[::-1]}
    for position, trained in sorted(different.values(), key=lambda entry: entry[0]):
        blocks += _images(runs, position, trained, _content(trained), named=len(different) > 1)
    contents = [(position, _content(trained)) for position, trained in described]
    linear: list[tuple[int, str]] = [
        (position, content["linear"]) for position, content in contents if content["linear"]
    ]
    if len(runs) == 1:
        blocks += [Text(said) for _, said in linear]
    elif linear:
        blocks.append(Apart(tuple((position, (Text(said),)) for position, said in linear)))
    rules = dict.fromkeys(
        content["linear_rule"] for _, content in contents if content["linear_rule"] and content["linear"]
    )
    blocks += [Text(rule, "what") for rule in rules]
    return Section("data", "The data", tuple(blocks))


def _content(trained: Trained) -> dict[str, Any]:
    assert trained.data is not None
    return data_content(trained.data, trained.metrics, trained.recipe.model.kind == "vae")


def _images(
    runs: Sequence[Studied], position: int, trained: Trained, content: dict[str, Any], named: bool
) -> list[Block]:
    of_run = f" of {runs[position].name}" if named else ""
    blocks: list[Block] = []
    if trained.contact_sheet is not None:
        panel = Panel(sheet_for_page(trained.contact_sheet), content["images"], f"Some of the images{of_run}", position)
        blocks.append(Pictures("contact_sheet", (panel,)))
    else:
        blocks.append(Text(f"{runs[position].name}: {content['images']}" if named else content["images"]))
    if content["duplicates"]:
        blocks.append(Text(content["duplicates"], "warning" if content["crossing"] else ""))
    if content["pairs"]:
        blocks.append(Details("Images that are nearly the same", tuple(_pairs(content))))
    if content["skipped_count"]:
        blocks.append(_skipped(content))
    return blocks


def _pairs(content: dict[str, Any]) -> list[Block]:
    rule: list[Block] = [Text(content["duplicates_rule"])] if content["duplicates_rule"] else []
    return [*rule, Listing(tuple(content["pairs"])), *_more(content["more_pairs"])]


def _skipped(content: dict[str, Any]) -> Block:
    count = content["skipped_count"]
    files, them = ("file", "it") if count == 1 else ("files", "them")
    lines = tuple(f"{name}: {reason}" for name, reason in content["skipped"])
    summary = f"{count:,} {files} left out, because no image could be read from {them}"
    return Details(summary, (Listing(lines), *_more(count - len(lines))))


def _more(count: int) -> list[Block]:
    return [Text(f"And {count:,} more.")] if count > 0 else []
