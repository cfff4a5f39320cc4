"""Likeness of texts under the vocabulary of this version."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from matching import load_parameters
from matching.eligibility.facts import gather_facts
from matching.schema import Firm, Need, Product
from matching.scoring.build_vocabulary import learn_idf, read_corpus, render
from matching.scoring.ngrams import ngrams
from matching.scoring.text import ProductTexts, load_vocabulary

AS_OF = date(2026, 11, 23)
TEXTS = (
    "从事光电子器件和激光器的研发、生产与销售",
    "信用贷款，面向科技型中小企业，随借随还",
    "ＡＩ芯片 AI 芯片 ai芯片",
    "卫星遥感数据处理" * 50,
)


def similarity(product_text, need_text, firm_text=None):
    product = Product(
        code="P1",
        institution="B1",
        name="",
        financing_type="equity",
        description=product_text,
    )
    facts = gather_facts(
        Need(code="N1", firm="F1", description=need_text),
        Firm(uscc="F1", name="演示企业", description=firm_text),
        as_of=AS_OF,
        parameters=load_parameters(AS_OF),
    )
    return ProductTexts([product]).similarity(facts, np.array([0]))[0]


def test_the_file_is_what_the_corpus_gives():
    vocabulary = load_vocabulary()
    built = learn_idf(read_corpus())
    assert dict(zip(vocabulary.numbers, vocabulary.idf, strict=True)) == built
    assert len(render(built).encode()) < 200_000


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_agree_with_scikit_learn(text):
    vocabulary = load_vocabulary()
    model = TfidfVectorizer(analyzer=ngrams, vocabulary=dict(vocabulary.numbers))
    model.idf_ = np.array(vocabulary.idf)
    expected = model.transform([text]).toarray()[0]
    columns, values = vocabulary.vector(text)
    assert columns == np.flatnonzero(expected).tolist()
    assert values == pytest.approx(expected[columns].tolist(), abs=1e-12)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_most_like_itself(text):
    assert similarity(text, text) == pytest.approx(1.0)
    assert similarity(text, text) <= 1.0


def test_related_texts_are_nearer_than_unrelated_ones():
    need = "研发激光器和光电子器件，需要资金采购原材料"
    assert (
        similarity("支持光电子器件企业的信用贷款", need) > similarity("人参种植补助", need) == 0.0
    )


@pytest.mark.parametrize("text", [None, "", "!!", "x" * 10_000])
def test_a_text_without_known_words_is_like_nothing(text):
    assert similarity(text, TEXTS[0]) == 0.0
    assert similarity(TEXTS[0], text) == 0.0


def test_the_description_of_the_firm_speaks_for_the_need():
    assert similarity(TEXTS[0], None, TEXTS[0]) == pytest.approx(1.0)


def test_full_width_letters_and_case_do_not_matter():
    assert ngrams("ＡＩ，芯片") == ngrams("ai 芯片") == ["ai", "芯片"]
