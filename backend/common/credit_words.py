"""Finds what a credit report says in a text: the platform must not hold it (征信业管理条例)."""

import re
import unicodedata

_CREDIT_WORDS = (
    "征信", "信用报告", "信贷记录", "逾期", "不良记录", "不良贷款", "不良信用", "失信",
    "被执行", "黑名单", "欠息", "欠款", "呆账", "坏账", "代偿", "五级分类", "关注类", "次级类",
    "可疑类", "损失类", "连三累六", "查询次数", "老赖",
)  # fmt: skip
# What is said of a firm's credit by others; asked for where third parties' findings are kept.
_RATING_WORDS = ("信用评级", "资信评级", "信用评分", "资信等级", "主体评级")
_BETWEEN = re.compile(r"[\s\W_]+")


def find_credit_words(text: str) -> list[str]:
    """Find the words however they are spaced or written in full width."""
    return _find(_CREDIT_WORDS, text)


def find_rating_words(text: str) -> list[str]:
    """Find the same words, and those of ratings of credit."""
    return _find((*_CREDIT_WORDS, *_RATING_WORDS), text)


def _find(words: tuple[str, ...], text: str) -> list[str]:
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    return [word for word in words if word in plain]
