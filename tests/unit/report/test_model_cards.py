from core.models import families, registry
from core.report import model_cards
from core.workflows import comparing


def test_every_method_and_combination_has_words():
    names = families.labels()
    for key in [*registry.METHODS, *comparing.combination_labels(), "none"]:
        family = names[families.family_of(key)] if key in registry.METHODS else names[families.COMBINATION]
        text = model_cards.card(key, family)
        assert text.what
        assert "No description" not in text.what


def test_usual_methods_say_when_they_fail():
    usual = [key for key in registry.METHODS if registry.capabilities(key).default]
    assert [key for key in usual if key in model_cards.described() and not model_cards.card(key).fails] == []


def test_a_method_nobody_wrote_about_says_so():
    assert model_cards.card("unknown").what == "No description is stored for this method."
