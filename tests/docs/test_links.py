"""Links of README and docs lead somewhere, and no text names a place that only one machine has."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
MACHINE = re.compile(r"(?<![\w.~/:])/(?:home|root|work|Users|mnt|media|data|scratch)/\S+|file://\S+|[A-Z]:\\\\?\w+")


def without_blocks(text: str) -> str:
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", without_blocks(text))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+\s+(.*?)\s*#*$", without_blocks(text), flags=re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
    return set(plain)


def broken_links(page: Path) -> list[str]:
    broken = []
    for target in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):  # another scheme: https, mailto
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        missing = path.startswith("/") or not there.exists()
        if missing or (anchor and there.suffix == ".md" and anchor not in anchors(there.read_text(encoding="utf-8"))):
            broken.append(target)
    return broken


def test_pages_are_found():
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md"} <= set(NAMES)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page):
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_no_path_of_a_machine(page):
    assert MACHINE.findall(page.read_text(encoding="utf-8")) == []


def test_the_check_itself(tmp_path):
    page = tmp_path / "page.md"
    (tmp_path / "other.md").write_text("# Two words, one comma\n## `code`\n")
    page.write_text(
        "[a](other.md) [b](gone.md) ![c](gone.png) [d](other.md#two-words-one-comma) [e](other.md#no) [f](#here) "
        "[k](other.md#code)\n"
        "[g](https://example.org/x) `[h](code.md)`\n```\n[i](block.md)\n```\n[j](/etc/passwd)\n# Here\n"
    )
    assert broken_links(page) == ["gone.md", "gone.png", "other.md#no", "/etc/passwd"]
    assert MACHINE.findall("see /home/me/x and file:///a, not https://a.org/home/me or docs/data/x or ~/data/x") == [
        "/home/me/x",
        "file:///a,",
    ]
