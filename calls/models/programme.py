"""A programme and the parts that its file declares."""

from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from calls import nuts
from calls.enums import FunderLevel, IndicatorKind, RuleBook, Side
from rocket.core.display import amount_text, count_text, percent_text
from rocket.core.money import EuroField, euro_text
from rocket.core.text import LocalisedField


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def home(self, code: str = "") -> "Programme | None":
        """The programme with that code; where there is none, the one loaded first; None on an empty portal."""
        named = Case(When(code=code, then=0), default=1)
        return self.order_by(named, "pk").first()


class Programme(models.Model):
    """A funding programme with its own name, area, rules and money. Everything in it comes from one file."""

    code = models.SlugField(_("code"), unique=True)
    name = LocalisedField(_("name"))
    short_name = models.CharField(_("short name"), max_length=40)
    tagline = LocalisedField(_("tagline"))
    heading = LocalisedField(_("heading of the home page"))
    summary = LocalisedField(_("summary"))
    framework = LocalisedField(_("framework"), default=dict)
    """The funding programme that this one is part of, e.g. INTERREG V A Deutschland-Nederland."""
    notice = LocalisedField(_("notice"), default=dict, blank=True)
    """Shown on every public page of the programme, e.g. that it is a demonstration; may be empty."""
    rule_book = models.CharField(_("rule book"), max_length=2, choices=RuleBook.choices)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Amsterdam")
    funding_rate = models.DecimalField(_("funding rate"), max_digits=5, decimal_places=4)
    grant_cap = EuroField(_("largest grant per SME"))
    product_target = models.PositiveIntegerField(_("product target"))
    identity = models.JSONField(_("identity"), default=dict)
    """Colours by token and theme, mark: {"mark": "two-shores", "colours": {"brand": {"light": …, "dark": …}}}."""
    source_sha256 = models.CharField(_("fingerprint of the file"), max_length=64, blank=True)
    loaded_at = models.DateTimeField(_("loaded at"), null=True, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="programme_ends_after_it_starts",
                violation_error_message=_("A programme ends after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(funding_rate__gt=0, funding_rate__lte=1),
                name="programme_funding_rate_within_0_and_1",
                violation_error_message=_("A funding rate is above 0 and at most 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the programme states its deadlines."""
        return ZoneInfo(self.time_zone)

    @property
    def style_sheet(self) -> str:
        """The programme's own colours as CSS over the portal's tokens; empty where it has none of its own."""
        colours = self.identity.get("colours", {})
        lines = [
            f"--{token}: light-dark({pair['light']}, {pair['dark']});" for token, pair in colours.items()
        ]
        return "@layer tokens { :root { " + " ".join(lines) + " } }\n" if lines else ""

    @property
    def promise(self) -> str:
        """The summary in the active language with the programme's own rate and cap put in, so that the sentence
        and the rules can't differ. A cap in whole euros is written without cents."""
        cap = euro_text(self.grant_cap)
        if self.grant_cap == int(self.grant_cap):
            cap = cap.replace(amount_text(self.grant_cap), count_text(int(self.grant_cap)))
        values = {"rate": percent_text(self.funding_rate), "cap": cap}
        return str(self.summary) % values


class ProgrammePart(models.Model):
    """A part that the programme file declares: one code per programme, in the order of the file."""

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="+")
    code = models.CharField(_("code"), max_length=40)
    name = LocalisedField(_("name"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["programme", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="%(class)s_code_once_a_programme",
                violation_error_message=_("A code is used once in a programme."),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class Country(ProgrammePart):
    """A country that takes part, by its ISO 3166 code, with its shore on the map."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="countries"
    )
    side = models.CharField(_("side"), max_length=4, choices=Side.choices, blank=True)

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("country")
        verbose_name_plural = _("countries")


class RegionQuerySet(models.QuerySet["Region"]):
    def known_as(self, code: str, version: int) -> "RegionQuerySet":
        """Regions that have this code in this version of NUTS; at most one in each programme."""
        return self.filter(
            Q(code=code, version=version) | Q(**{f"other_codes__{nuts.version_name(version)}": code})
        )

    def keys(self) -> frozenset[nuts.Key]:
        """Every code of every one of these regions, with its version. One query, none where they are at hand."""
        return frozenset(key for region in self for key in region.keys)


class Region(models.Model):
    """A region of the programme area: one place, whatever its code is in each version of NUTS.

    ``code`` and ``version`` are those under which the programme file lists it.
    """

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="regions"
    )
    code = models.CharField(_("code"), max_length=10)
    version = models.PositiveSmallIntegerField(_("NUTS version"))
    other_codes = models.JSONField(_("codes in other NUTS versions"), default=dict, blank=True)
    """{"nuts2016": "NL124", …}; see ``calls.nuts``."""
    name = models.CharField(_("name"), max_length=120)
    country = models.ForeignKey(Country, models.PROTECT, verbose_name=_("country"), related_name="regions")
    short = models.CharField(_("letters on the map"), max_length=3)
    column = models.PositiveSmallIntegerField(_("column on the map, from 0 in the west"))
    row = models.PositiveSmallIntegerField(_("row on the map, from 0 in the north"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["programme", "row", "column"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code", "version"], name="region_code_and_version_once_a_programme"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def keys(self) -> frozenset[nuts.Key]:
        """Each of its codes with the version in which it has that code."""
        return nuts.keys_of(self.code, self.version, self.other_codes)

    @property
    def newest_key(self) -> nuts.Key:
        """Its code in the newest version that the programme names, with that version."""
        return max(self.keys, key=lambda key: key[1])


class Ket(ProgrammePart):
    """A key enabling technology. Its category (1 to 6) is its colour and pattern everywhere."""

    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="kets")
    category = models.PositiveSmallIntegerField(
        _("category"), validators=[MinValueValidator(1), MaxValueValidator(6)]
    )

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("key enabling technology")
        verbose_name_plural = _("key enabling technologies")


class ApplicationField(ProgrammePart):
    """Where a technology is put to use: health, energy, production."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="application_fields"
    )

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("application field")
        verbose_name_plural = _("application fields")


class AidBasis(ProgrammePart):
    """Under which State aid rule a partner is paid. Intensities and ceilings are law, not programme data: they
    are held beside the arithmetic, by rule book."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="aid_bases"
    )
    regulation = models.CharField(_("regulation"), max_length=120, blank=True)

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("aid basis")
        verbose_name_plural = _("aid bases")


class ProjectKind(ProgrammePart):
    """A kind of project with its limits and its eligibility rules.

    ``rules`` is a list of {"code": "SME-LED", "parameters": {…}} in the order shown;
    ``annexes`` a list of {"code", "name": {en, de, nl}, "required": bool, "kinds": list, "max_mb": int,
    "template": str where the portal makes a file for it};
    ``aid_bases`` a list of codes of the programme's aid bases that a partner may choose from;
    ``declarations`` a list of {"code", "name": {en, de, nl}, "text": {en, de, nl}, "source", "by"} that partners make
    before a submission, where ``by`` is a ``DeclaredBy``.
    """

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="kinds"
    )
    summary = LocalisedField(_("summary"))
    min_months = models.PositiveSmallIntegerField(_("shortest duration in months"))
    max_months = models.PositiveSmallIntegerField(_("longest duration in months"))
    funding_rate = models.DecimalField(_("funding rate"), max_digits=5, decimal_places=4)
    grant_cap_sme = EuroField(_("largest grant per SME"))
    grant_cap_project = EuroField(_("largest grant per project"), null=True, blank=True)
    rules = models.JSONField(_("eligibility rules"), default=list)
    annexes = models.JSONField(_("annexes"), default=list, blank=True)
    aid_bases = models.JSONField(_("aid bases"), default=list, blank=True)
    declarations = models.JSONField(_("declarations"), default=list, blank=True)

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("project kind")
        verbose_name_plural = _("project kinds")


class CostCategory(ProgrammePart):
    """A cost category. Where ``flat_rate`` is set, the amount is that rate of the categories in
    ``flat_rate_of`` (a list of codes), rounded half up per partner and category, and never entered."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="cost_categories"
    )
    source = models.CharField(_("source"), max_length=120, blank=True)
    flat_rate = models.DecimalField(_("flat rate"), max_digits=5, decimal_places=4, null=True, blank=True)
    flat_rate_of = models.JSONField(_("flat rate of"), default=list, blank=True)

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("cost category")
        verbose_name_plural = _("cost categories")

    @property
    def is_flat_rate(self) -> bool:
        """True when the amount is worked out from other categories."""
        return self.flat_rate is not None


class FunderQuerySet(models.QuerySet["Funder"]):
    def offered(self) -> "FunderQuerySet":
        """Public bodies that may also pay beside the grant; the Union's money is the grant itself."""
        return self.exclude(level=FunderLevel.UNION)


class Funder(ProgrammePart):
    """A source of grant money: the ERDF, a country, a Land, a province."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="funders"
    )
    level = models.CharField(_("level"), max_length=10, choices=FunderLevel.choices)
    country = models.ForeignKey(
        Country, models.PROTECT, verbose_name=_("country"), related_name="funders", null=True, blank=True
    )
    """The side whose partners it pays; empty for the European Union."""

    objects = FunderQuerySet.as_manager()

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("funder")
        verbose_name_plural = _("funders")

    @property
    def is_union(self) -> bool:
        return self.level == FunderLevel.UNION


class Indicator(ProgrammePart):
    """What the programme reports, by its code in the regulation, e.g. CO01 or RCO01."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="indicators"
    )
    kind = models.CharField(_("kind"), max_length=6, choices=IndicatorKind.choices)
    unit = LocalisedField(_("unit"))
    source = models.CharField(_("source"), max_length=120, blank=True)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")


class AssessmentCriterion(ProgrammePart):
    """What assessors score; the weights of one programme's criteria add up to 100."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="criteria"
    )
    question = LocalisedField(_("question"))
    weight = models.PositiveSmallIntegerField(_("weight in percent"))
    max_score = models.PositiveSmallIntegerField(_("highest score"), default=5)
    threshold = models.PositiveSmallIntegerField(_("lowest passing score"), default=0)

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("assessment criterion")
        verbose_name_plural = _("assessment criteria")


class ClusterOrganisation(ProgrammePart):
    """An organisation whose consultants care for the applicants of its regions. Its name is the same in
    every language."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, verbose_name=_("programme"), related_name="clusters"
    )
    name = models.CharField(_("name"), max_length=120)
    country = models.ForeignKey(Country, models.PROTECT, verbose_name=_("country"), related_name="clusters")
    website = models.URLField(_("website"), blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=40, blank=True, default="")
    regions = models.ManyToManyField(
        Region, verbose_name=_("regions in its care"), related_name="clusters", blank=True
    )

    class Meta(ProgrammePart.Meta):
        abstract = False
        verbose_name = _("cluster organisation")
        verbose_name_plural = _("cluster organisations")

    def __str__(self) -> str:
        return self.name
