"""Section pages: save and read back, two people at once, figures and texts as people type them."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from feasibility.enums import SectionName
from feasibility.models import Annex, Proposal
from feasibility.services.sections import section_of
from rocket.demo.documents import small_pdf
from tests.feasibility.pages import text_of


def address(name: str, proposal: Proposal, *args: Any) -> str:
    return reverse(name, args=[proposal.number, *args])


def typed_on(page: Any) -> dict[str, Any]:
    """What the form of the page would post: every named value."""
    form = page.context["form"]
    return {
        field.html_name: field.value() if field.value() is not None else ""
        for field in form
        if not form.fields[field.name].disabled
    }


def part_of(proposal: Proposal, cast: Any, who: str) -> Any:
    return proposal.consortium.partners.get(organisation=cast.builder.firms[who])


def summary_values(proposal: Proposal, **over: Any) -> dict[str, Any]:
    return {
        "seen_version": section_of(proposal, SectionName.SUMMARY).version,
        "title": "LumiWeave",
        "summary": "Light on the loom.",
        "starts_on": "2028-02-29",
        "months": "24",
        "is_completed": "on",
        **over,
    }


def budget_values(proposal: Proposal, part: Any, amounts: dict[str, str], **over: Any) -> dict[str, Any]:
    costs = {
        f"cost_{category.pk}": amounts.get(category.code, "")
        for category in proposal.call.programme.cost_categories.all()
    }
    return {"seen_version": section_of(proposal, SectionName.BUDGET, part).version, **costs, **over}


class TestSummary:
    def test_saved_values_are_read_back(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("partner")
        url = address("section_summary", proposal)
        answer = client.post(url, summary_values(proposal))
        assert (answer.status_code, answer["Location"]) == (302, proposal.get_absolute_url())
        page = client.get(url)
        assert typed_on(page)["summary"] == "Light on the loom."
        html = page.content.decode()
        assert 'value="2028-02-29"' in html
        assert "Light on the loom." in html

    def test_day_that_does_not_exist_is_refused_with_the_rest_kept(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        page = client.post(
            address("section_summary", proposal),
            summary_values(proposal, starts_on="2027-02-29", summary="Typed with care"),
        )
        assert page.status_code == 422
        assert "starts_on" in page.context["form"].errors
        assert "Typed with care" in page.content.decode()
        assert Proposal.objects.get(pk=proposal.pk).summary != "Typed with care"

    @pytest.mark.parametrize("months", ["0", "-3", "121", "12.5", "zwölf", "9" * 40])
    def test_impossible_durations(self, cast: Any, months: str) -> None:
        proposal = cast.draft()
        page = cast.client("lead").post(
            address("section_summary", proposal), summary_values(proposal, months=months)
        )
        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["months"]

    def test_200_000_characters_are_refused_and_shown_again(self, cast: Any) -> None:
        proposal = cast.draft()
        text = "Webstuhl " * 22_223
        page = cast.client("lead").post(
            address("section_summary", proposal), summary_values(proposal, summary=text)
        )
        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["summary"]
        assert text.strip() in unescape(page.content.decode())

    def test_limit_counts_a_line_end_once(self, cast: Any) -> None:
        """Browsers send a line end as two characters; the counter on the page counts one."""
        proposal = cast.draft()
        lines = "\r\n".join(["x" * 9] * 400)
        assert len(lines.replace("\r\n", "\n")) == 3999
        answer = cast.client("lead").post(
            address("section_summary", proposal), summary_values(proposal, summary=lines)
        )
        assert answer.status_code == 302
        assert Proposal.objects.get(pk=proposal.pk).summary == lines.replace("\r\n", "\n")

    @pytest.mark.parametrize("text", ["a\x00b", "a\u200fb", "<b>&amp;</b>", "🧵"])
    def test_unusual_characters_never_break_the_page(self, cast: Any, text: str) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        url = address("section_summary", proposal)
        answer = client.post(url, summary_values(proposal, summary=text))
        assert answer.status_code in (302, 422)
        if "\x00" in text:
            assert list(answer.context["form"].errors) == ["summary"]
        else:
            assert Proposal.objects.get(pk=proposal.pk).summary == text
            assert typed_on(client.get(url))["summary"] == text
            assert "<b>&amp;</b>" not in client.get(url).content.decode()

    def test_extra_fields_change_nothing(self, cast: Any) -> None:
        proposal = cast.draft()
        before = Proposal.objects.get(pk=proposal.pk)
        cast.client("partner").post(
            address("section_summary", proposal),
            summary_values(
                proposal,
                state="approved",
                version="99",
                number="P-1999-0001",
                lead=str(cast.people["partner"].pk),
                created_by=str(cast.people["partner"].pk),
                call="1",
                completion_due_at="2030-01-01",
                by=str(cast.people["manager"].pk),
                now="2020-01-01",
            ),
        )
        after = Proposal.objects.get(pk=proposal.pk)
        assert after.version == before.version + 1
        for name in ("state", "number", "call_id", "created_by_id", "consortium_id", "completion_due_at"):
            assert getattr(after, name) == getattr(before, name), name
        section = section_of(proposal, SectionName.SUMMARY)
        assert section.changed_by == cast.people["partner"]

    def test_completed_section_holds_every_answer(self, cast: Any) -> None:
        proposal = cast.draft()
        client, url = cast.client("lead"), address("section_summary", proposal)
        page = client.post(url, summary_values(proposal, summary="", months=""))
        assert page.status_code == 422
        assert page.context["form"].errors == {
            "summary": ["Say what you want to do"],
            "months": ["Enter the duration in months"],
        }
        unticked = summary_values(proposal, summary="", months="")
        del unticked["is_completed"]
        assert client.post(url, unticked).status_code == 302


class TestStale:
    def test_both_texts_are_shown_and_the_second_save_works(self, cast: Any) -> None:
        proposal = cast.draft()
        url = address("section_summary", proposal)
        lead, partner = cast.client("lead"), cast.client("partner")
        opened = summary_values(proposal, summary="Of the lead: cameras")
        assert partner.post(url, summary_values(proposal, summary="Of the partner: yarn")).status_code == 302

        page = lead.post(url, opened)
        assert page.status_code == 409
        text = text_of(page)
        assert "Of the partner: yarn" in text
        assert "Of the lead: cameras" in unescape(page.content.decode())
        assert "Joris Veldhuis changed this section in the meantime." in text
        assert Proposal.objects.get(pk=proposal.pk).summary == "Of the partner: yarn"

        seen = re.search(r'name="seen_version" value="(\d+)"', page.content.decode())
        assert seen is not None
        assert lead.post(url, {**opened, "seen_version": seen.group(1)}).status_code == 302
        assert Proposal.objects.get(pk=proposal.pk).summary == "Of the lead: cameras"

    def test_technology_shows_names_not_keys(self, cast: Any) -> None:
        proposal = cast.draft()
        url = address("section_technology", proposal)
        programme = proposal.call.programme
        values = {
            "seen_version": section_of(proposal, SectionName.TECHNOLOGY).version,
            "main_ket": programme.kets.get(code="PH").pk,
            "fields_of_application": [programme.application_fields.get(code="health").pk],
        }
        cast.client("partner").post(url, {**values, "main_ket": programme.kets.get(code="NT").pk})
        page = cast.client("lead").post(url, values)
        assert page.status_code == 409
        theirs = dict(page.context["theirs"].answers())
        assert theirs["Main technology"] == str(programme.kets.get(code="NT"))
        assert theirs["Fields of application"] == str(programme.application_fields.get(code="health"))
        assert page.context["form"]["main_ket"].value() == str(values["main_ket"])

    def test_budget_shows_both_amounts(self, cast: Any) -> None:
        proposal = cast.draft()
        part = part_of(proposal, cast, "partner")
        url = address("partner_budget", proposal, part.pk)
        mine = budget_values(proposal, part, {"equipment": "111.11"})
        cast.client("partner").post(url, budget_values(proposal, part, {"equipment": "222.22"}))
        page = cast.client("lead").post(url, mine)
        assert page.status_code == 409
        assert "222.22" in text_of(page)
        assert "111.11" in page.content.decode()


class TestBudget:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1234.5", "1234.50"),
            ("1\u00a0234,56 €", "1234.56"),
            ("0,01", "0.01"),
        ],
    )
    def test_amounts_as_people_write_them(self, cast: Any, typed: str, kept: str) -> None:
        proposal = cast.draft()
        part = part_of(proposal, cast, "lead")
        answer = cast.client("lead").post(
            address("partner_budget", proposal, part.pk), budget_values(proposal, part, {"equipment": typed})
        )
        assert answer.status_code == 302
        assert part.budget_lines.get(category__code="equipment").amount == Decimal(kept)

    @pytest.mark.parametrize(
        "typed",
        ["-5", "1,2345", "12.345,678", "0.001", "9999999999999999", "1e6", "NaN", "twelve", "1,2,3", "١٢٣"],
    )
    def test_amounts_that_are_none_are_refused_and_kept_on_the_page(self, cast: Any, typed: str) -> None:
        proposal = cast.draft()
        part = part_of(proposal, cast, "lead")
        before = list(part.budget_lines.order_by("pk").values_list("pk", "amount"))
        page = cast.client("lead").post(
            address("partner_budget", proposal, part.pk),
            budget_values(proposal, part, {"equipment": typed}),
        )
        assert page.status_code == 422
        category = proposal.call.programme.cost_categories.get(code="equipment")
        assert list(page.context["form"].errors) == [f"cost_{category.pk}"]
        assert f'value="{typed}"' in page.content.decode()
        assert list(part.budget_lines.order_by("pk").values_list("pk", "amount")) == before

    def test_flat_rate_cannot_be_posted(self, cast: Any) -> None:
        proposal = cast.draft()
        part = part_of(proposal, cast, "lead")
        cast.client("lead").post(
            address("partner_budget", proposal, part.pk),
            budget_values(proposal, part, {"staff": "1000", "office": "999.99"}),
        )
        assert part.budget_lines.get(category__code="office").amount == Decimal("150.00")

    def test_amounts_are_shown_in_the_readers_format(self, cast: Any) -> None:
        proposal = cast.draft()
        part = part_of(proposal, cast, "lead")
        url = address("partner_budget", proposal, part.pk)
        for language, shown in (("en", "180,000.00"), ("de", "180.000,00")):
            page = cast.client("lead", language).get(url)
            assert f'value="{shown}"' in page.content.decode(), language

    def test_another_partners_budget_is_read_not_changed(self, cast: Any) -> None:
        proposal = cast.draft()
        part = part_of(proposal, cast, "research")
        url, client = address("partner_budget", proposal, part.pk), cast.client("partner")
        reason = "Only the partner itself and the lead partner may change these figures."
        page = client.get(url)
        assert page.status_code == 200
        assert reason in text_of(page)
        assert "180,000 .00" in text_of(page)
        assert "Stichting Slimme Oppervlakken private, not promised yet" in text_of(page)
        answer = client.post(url, budget_values(proposal, part, {"equipment": "1.00"}))
        assert answer.status_code == 403
        assert reason in text_of(answer)
        assert part.budget_lines.get(category__code="equipment").amount == Decimal("30000.00")

    def test_a_partner_of_another_consortium_is_not_found(self, cast: Any) -> None:
        proposal, other = cast.draft(), cast.draft("Other")
        foreign = part_of(other, cast, "partner")
        for answer in (
            cast.client("lead").get(address("partner_budget", proposal, foreign.pk)),
            cast.client("lead").post(address("partner_budget", proposal, foreign.pk), {}),
        ):
            assert answer.status_code == 404

    def test_article_25_needs_the_kind_of_work(self, cast: Any) -> None:
        proposal = cast.draft()
        part = part_of(proposal, cast, "lead")
        basis = proposal.call.programme.aid_bases.get(code="gber_25")
        values = budget_values(
            proposal, part, {"staff": "1000"}, aid_basis=basis.pk, is_completed="on", funding_grant="10"
        )
        url = address("partner_budget", proposal, part.pk)
        page = cast.client("lead").post(url, values)
        assert page.context["form"].errors == {"research_category": ["Choose the kind of work"]}
        answer = cast.client("lead").post(url, {**values, "research_category": "industrial_research"})
        assert answer.status_code == 302
        again = cast.client("lead").get(url)
        assert again.context["form"]["research_category"].value() == "industrial_research"


class TestAfterSubmission:
    @pytest.mark.parametrize("name", ["summary", "technology"])
    def test_page_shows_answers_and_takes_none(self, cast: Any, name: str) -> None:
        proposal = cast.submitted()
        client, url = cast.client("lead"), address(f"section_{name}", proposal)
        page = client.get(url)
        assert page.status_code == 200
        assert "The proposal is submitted. Reopen it to change it, as long as the call is open." in text_of(
            page
        )
        assert "<textarea" not in page.content.decode()
        version = proposal.version
        answer = client.post(url, summary_values(proposal, title="Too late"))
        assert answer.status_code in (403, 422)
        after = Proposal.objects.get(pk=proposal.pk)
        assert (after.title, after.version) == ("GridSkin", version)

    def test_text_typed_before_the_submission_is_not_lost(self, cast: Any) -> None:
        proposal = cast.draft()
        values = summary_values(proposal, summary="Typed while the lead pressed submit")
        cast.builder.submit(proposal, 1)
        answer = cast.client("partner").post(address("section_summary", proposal), values)
        assert answer.status_code == 403
        assert "Typed while the lead pressed submit" in text_of(answer)

    def test_lists_refuse_too(self, cast: Any) -> None:
        proposal = cast.submitted()
        client = cast.client("lead")
        product, annex = proposal.products.get(), proposal.annexes.first()
        for url in (
            address("remove_product", proposal, product.pk),
            address("new_product", proposal),
            address("remove_annex", proposal, annex.pk),
            address("upload_annex", proposal, "accounts"),
            address("section_products", proposal),
            address("section_annexes", proposal),
            address("section_partners", proposal),
        ):
            answer = client.post(url, {"seen_version": "1", "is_completed": "on"})
            assert answer.status_code == (422 if url.endswith("/new/") else 403), url
            assert "The proposal is submitted." in text_of(answer)
        assert proposal.products.count() == 1
        assert proposal.annexes.filter(removed_at=None).count() == 3


class TestProducts:
    def values(self, proposal: Proposal, **over: Any) -> dict[str, Any]:
        return {
            "seen_version": section_of(proposal, SectionName.PRODUCTS).version,
            "name": "Loom eye",
            "description": "A camera on the loom.",
            "ket": proposal.call.programme.kets.get(code="PH").pk,
            "owner": proposal.consortium.lead_partner.pk,
            "trl_start": "4",
            "trl_end": "7",
            "market_year": "2030",
            **over,
        }

    def test_add_change_remove(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("partner")
        assert client.post(address("new_product", proposal), self.values(proposal)).status_code == 302
        product = proposal.products.get(name="Loom eye")
        url = address("edit_product", proposal, product.pk)
        assert client.post(url, self.values(proposal, trl_end="8")).status_code == 302
        product.refresh_from_db()
        assert product.trl_end == 8
        assert client.post(address("remove_product", proposal, product.pk)).status_code == 302
        assert not proposal.products.filter(pk=product.pk).exists()

    @pytest.mark.parametrize(
        ("over", "field"),
        [
            ({"trl_start": "0"}, "trl_start"),
            ({"trl_end": "10"}, "trl_end"),
            ({"trl_start": "7", "trl_end": "4"}, "trl_end"),
            ({"market_year": "1999"}, "market_year"),
            ({"market_year": "20 30"}, "market_year"),
            ({"trl_start": ""}, "trl_start"),
            ({"ket": ""}, "ket"),
            ({"owner": ""}, "owner"),
            ({"name": ""}, "name"),
            ({"description": "x" * 1501}, "description"),
        ],
    )
    def test_slips(self, cast: Any, over: dict[str, str], field: str) -> None:
        proposal = cast.draft()
        page = cast.client("lead").post(address("new_product", proposal), self.values(proposal, **over))
        assert page.status_code == 422
        assert list(page.context["form"].errors) == [field]

    @pytest.mark.parametrize(
        ("year", "words"),
        [
            ("29", "Enter the year with four digits, for example 2026."),
            ("2025", "2025 is over. Enter 2026 or a later year."),
            ("2026", "The project starts in 2027: its product is not sold before that."),
            ("2027", ""),
        ],
    )
    def test_first_sale_lies_ahead_and_not_before_the_project(self, cast: Any, year: str, words: str) -> None:
        """The cast lives in November 2026; its project starts in 2027."""
        proposal = cast.draft()
        assert proposal.starts_on.year == 2027
        answer = cast.client("lead").post(
            address("new_product", proposal), self.values(proposal, market_year=year)
        )
        if not words:
            assert answer.status_code == 302
        else:
            assert answer.context["form"].errors == {"market_year": [words]}

    def test_choices_say_in_words_that_nothing_is_chosen_and_what_a_level_means(self, cast: Any) -> None:
        proposal = cast.draft()
        page = cast.client("lead").get(address("new_product", proposal))
        html = page.content.decode()
        assert "---------" not in html
        assert html.count('<option value="" selected>Choose…</option>') == 4
        assert html.count('<option value="4">4: Validated in the laboratory</option>') == 2
        assert len(re.findall(r'class="scale__number">\d<', html)) == 9
        assert "Annex G" in html

    def test_it_saves_itself_and_a_new_one_only_once(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        typed = self.values(proposal, description="")
        answer = client.post(address("new_product", proposal), typed, headers={"X-Autosave": "1"})
        product = proposal.products.get(name="Loom eye")
        saved = answer.json()
        assert saved["url"] == address("edit_product", proposal, product.pk)
        again = {**typed, "description": "Later", "seen_version": saved["version"]}
        assert client.post(saved["url"], again, headers={"X-Autosave": "1"}).status_code == 200
        product.refresh_from_db()
        assert product.description == "Later"
        assert proposal.products.count() == 2

    def test_while_it_lacks_what_it_cannot_do_without_it_says_so(self, cast: Any) -> None:
        proposal = cast.draft()
        typed = self.values(proposal, ket="", market_year="")
        answer = cast.client("lead").post(
            address("new_product", proposal), typed, headers={"X-Autosave": "1"}
        )
        assert answer.status_code == 422
        assert answer.json()["text"] == "Not saved yet, still open: Technology, Year of the first sale"

    def test_what_was_typed_after_the_session_ended_is_offered_again(self, cast: Any) -> None:
        proposal = cast.draft()
        url = address("new_product", proposal)
        cast.client("lead")  # reads English
        client = Client()
        client.post(url, self.values(proposal, name="Typed too late"), HTTP_ORIGIN="http://testserver")
        client.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(url)
        assert "Your text is still here" in text_of(page)
        assert 'value="Typed too late"' in page.content.decode()
        assert proposal.products.count() == 1

    def test_a_concurrent_change_of_one_product_shows_both(self, cast: Any) -> None:
        proposal = cast.draft()
        url = address("edit_product", proposal, proposal.products.get().pk)
        mine = self.values(proposal, name="My name for it", trl_start="3")
        cast.client("partner").post(url, self.values(proposal, name="Their name for it"))
        page = cast.client("lead").post(url, mine)
        assert page.status_code == 409
        text = text_of(page)
        assert "Name of the product Their name for it" in text
        assert "Readiness level now 4: Validated in the laboratory" in text
        assert 'value="My name for it"' in page.content.decode()

    def test_a_product_that_was_removed_meanwhile_is_not_written_again(self, cast: Any) -> None:
        proposal = cast.draft()
        product = proposal.products.get()
        url = address("edit_product", proposal, product.pk)
        mine = self.values(proposal)
        cast.client("partner").post(address("remove_product", proposal, product.pk))
        assert cast.client("lead").post(url, mine).status_code == 404
        assert not proposal.products.exists()

    def test_text_typed_before_the_submission_is_not_lost(self, cast: Any) -> None:
        proposal = cast.draft()
        typed = self.values(proposal, description="Typed while the lead pressed submit")
        cast.builder.submit(proposal, 1)
        answer = cast.client("partner").post(address("new_product", proposal), typed)
        assert answer.status_code == 403
        assert "Typed while the lead pressed submit" in text_of(answer)
        assert proposal.products.count() == 1

    def test_owner_of_another_consortium_is_refused(self, cast: Any) -> None:
        proposal, other = cast.draft(), cast.draft("Other")
        page = cast.client("lead").post(
            address("new_product", proposal), self.values(proposal, owner=other.consortium.lead_partner.pk)
        )
        assert list(page.context["form"].errors) == ["owner"]

    def test_product_of_another_proposal_is_not_found(self, cast: Any) -> None:
        proposal, other = cast.draft(), cast.draft("Other")
        foreign = other.products.get()
        client = cast.client("lead")
        for name in ("edit_product", "remove_product"):
            answer = client.post(address(name, proposal, foreign.pk), self.values(proposal))
            assert answer.status_code == 404
        assert other.products.count() == 1

    def test_stale_product_keeps_what_was_typed(self, cast: Any) -> None:
        proposal = cast.draft()
        opened = self.values(proposal, name="Typed at the same time")
        client = cast.client("lead")
        cast.client("partner").post(address("new_product", proposal), self.values(proposal))
        page = client.post(address("new_product", proposal), opened)
        assert page.status_code == 409
        assert "Loom eye Readiness level now: 4: Validated in the laboratory" in text_of(page)
        assert "Typed at the same time" in page.content.decode()
        seen = re.search(r'name="seen_version" value="(\d+)"', page.content.decode())
        assert seen is not None
        again = client.post(address("new_product", proposal), {**opened, "seen_version": seen.group(1)})
        assert again.status_code == 302
        assert proposal.products.count() == 3


class TestAnnexes:
    def upload(self, client: Any, proposal: Proposal, file: Any, code: str = "accounts") -> Any:
        version = section_of(proposal, SectionName.ANNEXES).version
        return client.post(
            address("upload_annex", proposal, code), {f"{code}-seen_version": version, f"{code}-file": file}
        )

    def test_new_file_takes_the_place_of_the_one_before(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("partner")
        old = proposal.annexes.get(code="accounts", removed_at=None)
        file = SimpleUploadedFile("Jahresabschluss 2025.pdf", small_pdf("new"), "application/pdf")
        assert self.upload(client, proposal, file).status_code == 302
        new = proposal.annexes.get(code="accounts", removed_at=None)
        assert new.document.name == "Jahresabschluss 2025.pdf"
        old.refresh_from_db()
        assert old.removed_at == new.document.stored_at
        assert old.document.file.storage.exists(old.document.file.name)

    @pytest.mark.parametrize(
        ("file", "words"),
        [
            (("accounts.pdf", b""), "The file is empty. Choose another one."),
            (("accounts.pdf", b"MZ\x90\x00 not a document"), "“accounts.pdf” is not a PDF file"),
            (("accounts.exe", b"%PDF-1.4"), "Only PDF files are taken here."),
            (("accounts", b"%PDF-1.4"), "Only PDF files are taken here."),
            (("accounts.pdf.html", b"%PDF-1.4"), "Only PDF files are taken here."),
            (("accounts.pdf", b"%PDF-" + b"x" * 5000), "The file is larger than"),
        ],
        ids=["empty", "content", "extension", "no extension", "two extensions", "too large"],
    )
    def test_files_that_are_refused(
        self, cast: Any, settings: Any, file: tuple[str, bytes], words: str
    ) -> None:
        settings.DOCUMENT_MAX_BYTES = 4096
        proposal = cast.draft()
        before = list(Annex.objects.values_list("pk", "removed_at"))
        page = self.upload(cast.client("lead"), proposal, SimpleUploadedFile(*file))
        assert page.status_code == 422
        assert words in text_of(page)
        assert list(Annex.objects.values_list("pk", "removed_at")) == before

    def test_no_file_at_all(self, cast: Any) -> None:
        proposal = cast.draft()
        page = self.upload(cast.client("lead"), proposal, "")
        assert page.status_code == 422

    def test_code_that_the_call_does_not_ask_for(self, cast: Any) -> None:
        proposal = cast.draft()
        file = SimpleUploadedFile("a.pdf", small_pdf("x"))
        assert self.upload(cast.client("lead"), proposal, file, code="passport").status_code == 404

    def test_download_is_never_shown_inside_the_portal(self, cast: Any) -> None:
        proposal = cast.draft()
        annex = proposal.annexes.get(code="accounts")
        answer = cast.client("partner").get(address("annex_file", proposal, annex.pk))
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == small_pdf("accounts")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="accounts.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_annex_of_another_consortium_is_not_found(self, cast: Any) -> None:
        proposal, other = cast.draft(), cast.draft("Other")
        foreign = other.annexes.first()
        assert cast.client("lead").get(address("annex_file", proposal, foreign.pk)).status_code == 404
        assert cast.client("lead").post(address("remove_annex", proposal, foreign.pk)).status_code == 404
        for who in ("outsider", "manager", "auditor", "newcomer"):
            answer = cast.client(who).get(address("annex_file", other, foreign.pk))
            assert answer.status_code == 404, who

    def test_desk_downloads_what_was_submitted(self, cast: Any) -> None:
        proposal = cast.submitted()
        annex = proposal.annexes.first()
        for who in ("manager", "auditor"):
            assert cast.client(who).get(address("annex_file", proposal, annex.pk)).status_code == 200
