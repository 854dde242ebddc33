import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.forms import formset_factory
from django.template.loader import render_to_string
from django.utils import translation

from rocket.core import gallery

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STYLES = Path(settings.BASE_DIR) / "static" / "css"
PAGES = [STYLES / f"{name}.css" for name in ("tokens", "base", "layout", "components", "print")]


@pytest.fixture
def page(rf):
    request = rf.get("/gallery/")
    request.session = {}
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    request.arrived_at = gallery.NOW

    def show(language="en", **changes):
        with translation.override(language):
            return render_to_string(
                "core/gallery.html", {**gallery.sample_context(), "portal": None, **changes}, request=request
            )

    return show


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_the_gallery_shows_in_every_language_without_inline_styles_or_scripts(page, language):
    html = page(language)
    assert f'<html lang="{language}"' in html
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.django_db
def test_ids_of_the_gallery_are_its_own(page):
    ids = re.findall(r'\sid="([^"]+)"', page())
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.django_db
def test_what_describes_a_field_exists(page):
    html = page()
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        named = {name for value in re.findall(rf'\s{attribute}="([^"]+)"', html) for name in value.split()}
        assert named - ids == set(), attribute


@pytest.mark.django_db
def test_a_refused_form_says_each_error_twice_in_the_same_words(page):
    html = page()
    summary = re.search(r'class="error-summary".*?</div>', html, re.DOTALL).group()
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)
    assert [target for target, _text in links] == [
        "refused_title",
        "refused_services",
        "refused_grant",
        "refused_months",
        "refused_vat_0",
    ]
    fields = re.findall(r'class="field__errors".*?</ul>', html, re.DOTALL)
    assert [text for _target, text in links] == [
        re.search(r"</span>([^<]+)</span></li>", field).group(1) for field in fields
    ]
    assert all(f'id="{target}"' in html for target, _text in links)


def test_a_refused_form_announces_itself_and_keeps_what_was_typed():
    form = gallery.BudgetForm({"grant": "about forty"})
    html = render_to_string("rocket/uni_form.html", {"form": form, "form_show_errors": True})
    assert re.search(r'<input[^>]*name="grant"[^>]*value="about forty"[^>]*aria-invalid="true"', html)
    assert 'aria-describedby="id_grant_helptext id_grant_error"' in html


def test_a_plain_form_looks_like_a_crispy_one():
    html = str(gallery.BudgetForm())
    assert html.count('class="field__label"') == 9
    assert html.index('id="id_title_helptext"') < html.index('name="title"')


def test_a_formset_lists_the_errors_of_all_its_rows():
    rows = formset_factory(gallery.FilterForm, extra=0)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-q": "a", "form-1-call": "9"}
    )
    html = render_to_string("rocket/errors_formset.html", {"formset": rows})
    assert re.findall(r'href="#([^"]+)"', html) == ["id_form-1-call"]


@pytest.mark.parametrize("outcome", ["passed", "failed", "unknown", "warns", "derogation"])
def test_a_finding_says_its_outcome_in_words(outcome):
    finding = {
        "outcome": outcome,
        "title": "Rule",
        "message": "Because",
        "remedy_text": "Mend it",
        "remedy_url": "#there",
    }
    html = render_to_string("components/finding.html", {"finding": finding})
    words = {
        "passed": "Passed",
        "failed": "Failed",
        "unknown": "Not yet known",
        "warns": "Warns",
        "derogation": "Derogation recorded",
    }
    assert f'<span class="visually-hidden">{words[outcome]}: </span>Rule' in html
    assert 'href="#there"' in html


def test_a_locked_task_is_no_link():
    html = render_to_string(
        "components/task_row.html", {"task": {"title": "Funding plan", "state": "locked", "why": "Later"}}
    )
    assert "<a" not in html
    assert "Cannot start yet" in html


def test_pages_are_left_out_in_the_middle():
    page_obj = gallery.sample_context()["page_obj"]
    html = render_to_string("components/pagination.html", {"page_obj": page_obj, "request": None})
    shown = [
        word for word in re.sub(r"<[^>]+>", " ", html).split() if word not in {"Page", "Previous", "Next"}
    ]
    assert shown == ["1", "2", "3", "4", "5", "…", "10"]


def test_the_emblem_has_twelve_stars_on_the_official_field():
    html = (TEMPLATES / "components" / "eu_emblem.html").read_text()
    assert 'viewBox="0 0 810 540"' in html
    assert html.count("M") == 12 + html[: html.index(' d="')].count("M")
    assert "#003399" in html
    assert "#FFCC00" in html


def test_no_template_has_an_inline_style_or_script():
    for path in TEMPLATES.rglob("*.html"):
        if "mail" in path.parts or path.parent.name == "mail":
            continue
        text = path.read_text()
        assert not re.search(r"\sstyle=\"|<script>|\shx-on", text), path


def test_style_sheets_take_every_colour_from_the_tokens():
    for path in PAGES:
        used = set(re.findall(r"var\((--[a-z0-9-]+)", path.read_text()))
        known = set(re.findall(r"(--[a-z0-9-]+)\s*:", (STYLES / "tokens.css").read_text()))
        assert used - known == set(), path.name


def test_style_sheets_stay_small():
    assert sum(path.stat().st_size for path in PAGES) < 80_000


def test_the_typeface_is_made_once(settings, tmp_path, capsys):
    settings.DATA_DIR = tmp_path
    call_command("build_assets")
    made = tmp_path / "generated" / "inter.woff2"
    first = made.stat()
    assert made.read_bytes()[:4] == b"wOF2"
    assert first.st_size < 90_000
    call_command("build_assets")
    assert made.stat().st_mtime_ns == first.st_mtime_ns
    assert "up to date" in capsys.readouterr().out


def test_the_typeface_keeps_its_axes_and_the_letters_of_the_border(settings, tmp_path):
    from fontTools.ttLib import TTFont

    settings.DATA_DIR = tmp_path
    call_command("build_assets")
    font = TTFont(tmp_path / "generated" / "inter.woff2")
    assert {axis.axisTag for axis in font["fvar"].axes} == {"opsz", "wght"}
    assert {ord(letter) for letter in "äöüßÄÖÜẞëïéĳ€–„“”…→≤≥"} - set(font.getBestCmap()) == set()
