"""What no other test sees: templates that nobody uses, code in pages, addresses of other machines in files."""

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
APPS = ("calls", "consortia", "feasibility", "reporting", "rocket")
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)

DJANGO_LOOKS_FOR = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}


def folder_of(package: str) -> Path:
    return Path(importlib.util.find_spec(package).origin).parent


def tracked_files() -> list[Path]:
    """The files of the project: what git would keep, or without git everything beside what tools leave behind."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        return sorted(
            ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()
        )
    left_behind = {".git", ".venv", "var", "__pycache__"}
    return sorted(
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not any(part in left_behind or part.endswith("_cache") for part in path.parts)
        and path.suffix not in (".mo", ".pyc")
    )


def text_of(path: Path) -> str:
    """The text, or nothing where the file holds none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def names_of_templates() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every template that our code or pages name, and patterns of the names that are put together when used."""
    literal: set[str] = set()
    made: list[re.Pattern[str]] = []
    for path in [*SOURCES, *(TEMPLATES / page for page in PAGES)]:
        for quoted in re.findall(r"""["']([\w./{}-]+)["']""", text_of(path)):
            literal.add(quoted)
            if "{" in quoted and "/" in quoted:
                made.append(
                    re.compile(
                        "".join(
                            r"[\w-]+" if p.startswith("{") else re.escape(p)
                            for p in re.split(r"(\{[^}]*\})", quoted)
                        )
                    )
                )
    return literal, made


def is_looked_for_by_a_package(page: str) -> bool:
    """Django, allauth or crispy-forms take the template by a name of their own; a mail of allauth also as HTML."""
    if any(
        (folder_of(package) / "templates" / name).exists()
        for package in ("allauth", "django.forms", "django_filters")
        for name in (page, re.sub(r"_message\.html$", "_message.txt", page))
    ):
        return True
    if page.startswith("allauth/elements/"):
        return f"{{% element {Path(page).stem}" in ALLAUTH_PAGES
    if page.startswith("rocket/"):
        return page.removeprefix("rocket/") in CRISPY_CODE
    return False


ALLAUTH_PAGES = "".join(text_of(path) for path in (folder_of("allauth") / "templates").rglob("*.html"))
CRISPY_CODE = "".join(text_of(path) for path in folder_of("crispy_forms").rglob("*.py"))


def test_every_template_is_used():
    literal, made = names_of_templates()

    def is_used(page):
        stems = {page, re.sub(r"(\.subject)?\.(txt|html)$", "", page)}
        return (
            page in DJANGO_LOOKS_FOR
            or bool(stems & literal)
            or any(pattern.fullmatch(stem) for pattern in made for stem in stems)
            or is_looked_for_by_a_package(page)
        )

    assert [page for page in PAGES if not is_used(page)] == []


def test_every_template_that_the_code_names_exists():
    named = {
        name
        for path in SOURCES
        for name in re.findall(r"""["']([a-z_]+(?:/[\w.-]+)+\.(?:html|txt))["']""", text_of(path))
    }
    assert sorted(named - set(PAGES)) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".html")])
def test_a_page_holds_no_code_and_no_styles_of_its_own(page):
    """The policy for content refuses both. Mails can't link to a stylesheet, and the PDF has only its own page."""
    text = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text_of(TEMPLATES / page), flags=re.DOTALL
    )
    tags = re.findall(r"<[a-zA-Z][^<>]*>", re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "x", text, flags=re.DOTALL))
    is_mail = page.startswith("mail/") or "/mail/" in page
    is_pdf = page.startswith(("reporting/report/", "feasibility/pdf/"))
    wrong = [
        tag
        for tag in tags
        if re.search(r"\son[a-z]+\s*=", tag)
        or re.search(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", tag, re.IGNORECASE)
        or (tag.startswith("<script") and " src=" not in tag)
        or (not is_mail and re.search(r"\sstyle\s*=", tag))
        or (not (is_mail or is_pdf) and tag.startswith("<style"))
    ]
    assert wrong == []


def test_pages_name_no_other_server():
    """Nothing is loaded from elsewhere: links that a person follows are fine."""
    loads = re.compile(
        r"<(?:script|img|iframe|source|video|audio|embed|link|use|image)\b[^>]*?(?:src|href)\s*=\s*[\"'](?:https?:)?//[^\"']*"
    )
    found = [(page, hit) for page in PAGES for hit in loads.findall(text_of(TEMPLATES / page))]
    styles = [
        (path.name, hit)
        for path in (ROOT / "static").rglob("*.css")
        for hit in re.findall(r"url\(\s*[\"']?(?:https?:)?//[^)]*\)|@import[^;]*//[^;]*", text_of(path))
    ]
    assert found + styles == []


TAKEN_AS_IT_IS = {
    # Attributes, buttons and hints that crispy-forms has escaped or that our own code words.
    "rocket/layout/button.html": ["button.content"],
    "rocket/layout/help_text.html": ["field.help_text"],
    "rocket/table_inline_formset.html": ["flat_attrs"],
    "rocket/whole_uni_form.html": ["flat_attrs"],
    "rocket/whole_uni_formset.html": ["flat_attrs"],
    # Quotation marks of CSS; the words are the catalogue's.
    "feasibility/pdf/partnership_letter.html": ["page_of_pages"],
    "feasibility/pdf/proposal.html": ["page_of_pages"],
    "reporting/report/report.html": ["page_of_pages"],
}


def test_markup_is_taken_as_it_is_in_one_module_and_in_few_known_places():
    users = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if re.search(r"\b(mark_safe|SafeString|SafeText)\b", text_of(path))
    ]
    assert users == ["rocket/core/templatetags/rocket/icons.py"]
    found = {
        page: re.findall(r"\{\{ *([^}|]+?) *\|[^}]*\bsafe(?:seq)?\b", text_of(TEMPLATES / page))
        for page in PAGES
    }
    assert {page: names for page, names in found.items() if names} == TAKEN_AS_IT_IS


def test_escaping_is_off_in_plain_text_only():
    off = [page for page in PAGES if re.search(r"autoescape\s+off", text_of(TEMPLATES / page))]
    assert [page for page in off if not page.endswith(".txt")] == []


IN_PLAIN_TEXT = (
    '{% extends "mail/base.txt" %}',
    '{% extends "account/email/base_notification.txt" %}',
)


def test_plain_text_mails_hold_no_html_entities():
    """A firm named “Müller & Söhne” must not read “Müller &amp; Söhne” in a subject."""
    escaped = [
        page
        for page in PAGES
        if page.endswith(".txt")
        and "autoescape off" not in (text := text_of(TEMPLATES / page))
        and not text.startswith(IN_PLAIN_TEXT)
    ]
    assert escaped == []


FOREIGN = re.compile(
    r"pypi\.org|pythonhosted\.org|\bregistry\.[\w-]+\.[a-z]{2}|npmjs\.|artifactory|/simple/|"
    r"cdn\.|unpkg\.com|jsdelivr|googleapis|cdnjs|"
    r"/work/(?:main|shared)|\.\./shared|/root/|/Users/[A-Za-z]|/home/[a-z]"
)


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine():
    found = {
        path.relative_to(ROOT).as_posix(): FOREIGN.findall(text_of(path))
        for path in tracked_files()
        if path != Path(__file__)
    }
    assert len(found) > 200
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda path: path.name)
def test_locks_pin_every_package_with_its_hashes_and_name_no_address(lock):
    text = text_of(lock)
    assert re.findall(r"https?://\S+|^\s*--(?:index|extra|find)\S*|\s@\s", text, re.MULTILINE) == []
    packages = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert [
        p.split()[0] for p in packages if not re.match(r"[\w.\[\]-]+==\S+", p) or "--hash=sha256:" not in p
    ] == []
    assert len(packages) > 20


def test_what_is_asked_for_is_pinned():
    for source in (ROOT / "requirements").glob("*.in"):
        pinned = {
            name.lower()
            for name in re.findall(
                r"^([\w.-]+)(?:\[.*?\])?==", text_of(source.with_suffix(".lock")), re.MULTILINE
            )
        }
        asked = re.findall(r"^([A-Za-z][\w.-]*)", text_of(source), re.MULTILINE)
        assert {name.lower() for name in asked} - pinned == set(), source.name


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "LICENSE",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "script/demo",
        "script/test",
        "script/bench",
        ".gitignore",
    ],
)
def test_a_newcomer_finds(name):
    assert (ROOT / name).stat().st_size > 0


def test_the_licence_is_the_one_that_the_project_names():
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text_of(ROOT / "LICENSE")
    assert 'license = { text = "EUPL-1.2" }' in text_of(ROOT / "pyproject.toml")


def test_links_between_our_own_documents_lead_somewhere():
    broken = [
        (document.relative_to(ROOT).as_posix(), target)
        for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text_of(document))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_gaps_and_say_the_four_things():
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = text_of(path).lower()
        assert [
            part for part in ("status", "context", "decision", "consequences") if part not in text
        ] == [], path.name


def test_scripts_can_be_run():
    scripts = [
        path for path in (ROOT / "script").iterdir() if path.is_file() and text_of(path).startswith("#!")
    ]
    assert [path.name for path in scripts if not path.stat().st_mode & 0o100] == []
