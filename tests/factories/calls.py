"""Programmes and calls for tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import factory

from calls.enums import CallState
from calls.models import (
    AidBasis,
    ApplicationField,
    Call,
    ClusterOrganisation,
    CostCategory,
    Country,
    Ket,
    Programme,
    ProjectKind,
    Region,
)
from rocket.core.text import LocalisedText

NOW = datetime(2017, 11, 1, 12, tzinfo=UTC)
"""A moment within ROCKET's period, between the opening and the closing of ``CallFactory``'s calls."""

PROGRAMMES = Path(__file__).resolve().parents[2] / "programmes"
ROCKET_FILE = PROGRAMMES / "rocket.toml"
"""ROCKET's own file."""
NEXT_FILE = PROGRAMMES / "rocket-next.toml"


def in_three(text: str) -> LocalisedText:
    """A text that says in which language it is."""
    return LocalisedText({code: f"{text} ({code})" for code in ("en", "de", "nl")})


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    """A bare programme of period V without parts; ``whole=True`` adds two countries with a region each, five
    technologies, fields, kinds and cost categories."""

    class Meta:
        model = Programme
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "rocket"
    short_name = "ROCKET"
    name = in_three("ROCKET")
    tagline = in_three("Innovation across the border")
    heading = in_three("Build it with someone on the other side.")
    summary = in_three("Pays %(rate)s, up to %(cap)s.")
    framework = in_three("INTERREG V A")
    notice = LocalisedText()
    rule_book = "V"
    starts_on = datetime(2016, 4, 1).date()
    ends_on = datetime(2020, 3, 31).date()
    time_zone = "Europe/Amsterdam"
    funding_rate = Decimal("0.60")
    grant_cap = Decimal("300000.00")
    product_target = 40
    identity = {"mark": "two-shores", "colours": {}}

    @factory.post_generation
    def whole(self: Programme, create: bool, extracted: bool, **kwargs: Any) -> None:
        if create and extracted:
            fill(self)


class CountryFactory(factory.django.DjangoModelFactory[Country]):
    class Meta:
        model = Country
        django_get_or_create = ("programme", "code")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "NL"
    name = LocalisedText({"en": "Netherlands", "de": "Niederlande", "nl": "Nederland"})
    side = "west"


class RegionFactory(factory.django.DjangoModelFactory[Region]):
    class Meta:
        model = Region
        django_get_or_create = ("programme", "code", "version")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "NL213"
    version = 2013
    name = "Twente"
    country = factory.SubFactory(CountryFactory, programme=factory.SelfAttribute("..programme"))
    short = "Twe"
    column = 2
    row = 4


class KetFactory(factory.django.DjangoModelFactory[Ket]):
    class Meta:
        model = Ket
        django_get_or_create = ("programme", "code")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "NT"
    name = LocalisedText({"en": "Nanotechnology", "de": "Nanotechnologie", "nl": "Nanotechnologie"})
    category = 1
    position = 1


class ApplicationFieldFactory(factory.django.DjangoModelFactory[ApplicationField]):
    class Meta:
        model = ApplicationField
        django_get_or_create = ("programme", "code")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "health"
    name = LocalisedText({"en": "Health", "de": "Gesundheit", "nl": "Gezondheid"})
    position = 1


class AidBasisFactory(factory.django.DjangoModelFactory[AidBasis]):
    class Meta:
        model = AidBasis
        django_get_or_create = ("programme", "code")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "de_minimis"
    name = in_three("De minimis aid")
    regulation = "Reg. (EU) 1407/2013"


class CostCategoryFactory(factory.django.DjangoModelFactory[CostCategory]):
    class Meta:
        model = CostCategory
        django_get_or_create = ("programme", "code")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "staff"
    name = in_three("Staff")
    position = 1


class ProjectKindFactory(factory.django.DjangoModelFactory[ProjectKind]):
    """A feasibility study with one rule."""

    class Meta:
        model = ProjectKind
        django_get_or_create = ("programme", "code")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "feasibility_study"
    name = LocalisedText({"en": "Feasibility study", "de": "Machbarkeitsstudie", "nl": "Haalbaarheidsstudie"})
    summary = in_three("Find out whether the idea holds.")
    min_months = 3
    max_months = 9
    funding_rate = Decimal("0.60")
    grant_cap_sme = Decimal("300000.00")
    rules = factory.LazyFunction(lambda: [{"code": "SME-LED", "parameters": {}}])
    annexes = factory.LazyFunction(list)
    aid_bases = factory.LazyFunction(lambda: ["de_minimis"])
    position = 1


class ClusterOrganisationFactory(factory.django.DjangoModelFactory[ClusterOrganisation]):
    class Meta:
        model = ClusterOrganisation
        django_get_or_create = ("programme", "code")

    programme = factory.SubFactory(ProgrammeFactory)
    code = "novel_t"
    name = "Novel-T"
    country = factory.SubFactory(CountryFactory, programme=factory.SelfAttribute("..programme"))
    position = 1


class CallFactory(factory.django.DjangoModelFactory[Call]):
    """A complete published call, open at ``NOW``. Traits: ``draft``, ``planned``, ``closed``, ``decided``."""

    class Meta:
        model = Call
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(state=CallState.DRAFT, published_at=None)
        planned = factory.Trait(opens_at=NOW + timedelta(days=10), closes_at=NOW + timedelta(days=40))
        closed = factory.Trait(opens_at=NOW - timedelta(days=60), closes_at=NOW - timedelta(days=10))
        decided = factory.Trait(closed=True, state=CallState.DECIDED)

    programme = factory.SubFactory(ProgrammeFactory)
    slug = factory.Sequence(lambda n: f"call-{n}")
    title = factory.LazyAttribute(lambda call: in_three(f"Title of {call.slug}"))
    summary = in_three("Two companies, two countries.")
    text = in_three("The text of the call.")
    opens_at = NOW - timedelta(days=30)
    closes_at = NOW + timedelta(days=44)
    state = CallState.PUBLISHED
    published_at = NOW - timedelta(days=40)
    budget = Decimal("1000000.00")

    @factory.post_generation
    def kinds(self: Call, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.kinds.set([ProjectKindFactory(programme=self.programme)] if extracted is None else extracted)

    @factory.post_generation
    def kets(self: Call, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.kets.set([KetFactory(programme=self.programme)] if extracted is None else extracted)

    @factory.post_generation
    def fields(self: Call, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            chosen = [ApplicationFieldFactory(programme=self.programme)] if extracted is None else extracted
            self.fields.set(chosen)


def fill(programme: Programme) -> None:
    """Give the programme parts of every sort."""
    nl = CountryFactory(programme=programme)
    de = CountryFactory(
        programme=programme,
        code="DE",
        side="east",
        name=LocalisedText({"en": "Germany", "de": "Deutschland", "nl": "Duitsland"}),
    )
    twente = RegionFactory(programme=programme, country=nl)
    borken = RegionFactory(
        programme=programme, country=de, code="DEA34", name="Borken", short="Bor", column=3, row=5
    )
    for number, code in enumerate(("NT", "MS", "ME", "IM", "PH"), 1):
        KetFactory(programme=programme, code=code, name=in_three(code), category=number, position=number)
    for number, code in enumerate(("health", "energy", "production"), 1):
        ApplicationFieldFactory(programme=programme, code=code, name=in_three(code.title()), position=number)
    AidBasisFactory(programme=programme)
    ProjectKindFactory(programme=programme)
    ProjectKindFactory(
        programme=programme,
        code="innovation_project",
        name=in_three("Innovation project"),
        min_months=12,
        max_months=36,
        position=2,
    )
    CostCategoryFactory(programme=programme)
    CostCategoryFactory(
        programme=programme,
        code="office",
        name=in_three("Office"),
        flat_rate=Decimal("0.15"),
        flat_rate_of=["staff"],
        position=2,
    )
    ClusterOrganisationFactory(programme=programme, country=nl).regions.set([twente])
    ClusterOrganisationFactory(
        programme=programme, country=de, code="nmwp_nrw", name="Cluster NMWP.NRW", position=2
    ).regions.set([borken])
