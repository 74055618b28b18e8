"""Links joined in one pass against every link looked at for every one that is added."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import ParameterError
from core.store.links import Link, joined

CODES = st.sampled_from("ABCDEFG")
LINKS = st.lists(st.builds(Link, CODES, CODES, st.sampled_from([1.0, 2.0, 0.5])), max_size=12)


def slowly_joined(wanted):
    found = {}
    for link in wanted:
        onward = found.get(link.new_sku)
        direct = replace(link, new_sku=onward.new_sku, factor=link.factor * onward.factor) if onward else link
        if direct.new_sku == link.old_sku:
            return None
        for code, other in found.items():
            if other.new_sku == link.old_sku:
                found[code] = replace(other, new_sku=direct.new_sku, factor=other.factor * direct.factor)
        found[link.old_sku] = direct
    return found


@given(LINKS)
def test_links_lead_where_the_slow_way_leads_them(wanted):
    expected = slowly_joined(wanted)
    try:
        assert joined({}, wanted) == expected
        for at in range(len(wanted)):
            assert joined(joined({}, wanted[:at]), wanted[at:]) == expected
    except ParameterError:
        assert expected is None
