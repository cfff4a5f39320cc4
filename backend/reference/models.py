"""Coded reference data; every row says which edition it comes from."""

from django.db import models


class Region(models.Model):
    """A division of GB/T 2260: province, prefecture or county."""

    class Level(models.TextChoices):
        """How large the division is."""

        PROVINCE = "province", "省级"
        CITY = "city", "地级"
        COUNTY = "county", "县级"

    code = models.CharField("代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=60)
    full_name = models.CharField("全称", max_length=120)
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    edition = models.CharField("版本", max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.full_name}"


class ReportingUnit(models.Model):
    """A unit that reports like a city or county but has no division code of its own."""

    slug = models.SlugField("标识", max_length=60, primary_key=True)
    name = models.CharField("名称", max_length=60)
    region = models.ForeignKey(
        Region, verbose_name="所在行政区", on_delete=models.PROTECT, related_name="reporting_units"
    )
    statistical_code = models.CharField("统计用代码", max_length=6, blank=True)
    kind = models.CharField("类别", max_length=40)
    note = models.CharField("说明", max_length=300, blank=True)
    source = models.CharField("来源", max_length=300)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """A section, division, group or class of GB/T 4754."""

    class Level(models.TextChoices):
        """How fine the code is."""

        SECTION = "section", "门类"
        DIVISION = "division", "大类"
        GROUP = "group", "中类"
        CLASS = "class", "小类"

    code = models.CharField("代码", max_length=5, primary_key=True)
    name = models.CharField("名称", max_length=120)
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    edition = models.CharField("版本", max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Qualification(models.Model):
    """A qualification that a firm can hold, with what it takes and who says so."""

    code = models.CharField("代码", max_length=32, primary_key=True)
    name = models.CharField("名称", max_length=60)
    issuing_level = models.CharField("认定层级", max_length=60, blank=True)
    validity_months = models.PositiveSmallIntegerField("通常有效期（月）", null=True, blank=True)
    definition = models.TextField("认定条件摘要", blank=True)
    source = models.CharField("来源", max_length=300, blank=True)
    valid_from = models.DateField("口径生效日期", null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A stage of a firm's growth; the thresholds are parameters of the matching library."""

    code = models.CharField("代码", max_length=16, primary_key=True)
    name = models.CharField("名称", max_length=20)
    position = models.PositiveSmallIntegerField("次序", unique=True)
    definition = models.TextField("含义")
    source = models.CharField("来源", max_length=300)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """What is loaded: the checksum of each code list's source and when it came in."""

    name = models.CharField("代码表", max_length=40, primary_key=True)
    checksum = models.CharField("校验和", max_length=64)
    loaded_at = models.DateTimeField("装入时间")

    def __str__(self) -> str:
        return f"{self.name} {self.checksum[:8]}"
