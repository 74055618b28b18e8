"""Lines that are no records, and texts that programs have put round what a cell means."""

import pytest

from core.base.errors import FileFormatError


def codes(found):
    return found.rows.column("sku").to_pylist()


def aside(found):
    return [(each.line, each.reason) for each in found.quarantined]


@pytest.mark.parametrize("name", ["Total", "Grand total:", "Gesamtergebnis", "合计", "A Total"])
def test_a_line_of_sums_is_no_item(load, name):
    found = load(f"sku,on hand\nA,1\nB,4\n{name},5\n", name="stock.csv")
    assert codes(found) == ["A", "B"]
    assert aside(found) == [(4, f"“{name}” in column “sku” says that the line is a sum of others.")]


def test_a_line_of_sums_below_periods_is_no_item(load):
    found = load("sku,2024-01,2024-02,2024-03\nA,1,2,3\nTotal,1,2,3\n")
    assert set(codes(found)) == {"A"}


def test_a_line_of_sums_over_places_is_no_place(load):
    found = load("sku,location,on hand\nA,x,1\nA,y,4\nA,Total,5\n", name="stock.csv")
    assert found.rows.column("location").to_pylist() == ["x", "y"]


def test_an_item_called_total_stays_within_its_order(load):
    found = load("order id,date,sku,quantity\n1,2024-01-13,Total,1\n2,2024-01-13,Total care,1\n")
    assert codes(found) == ["Total", "Total care"]


def test_columns_of_sums_are_neither_places_nor_items(load):
    stock = load("sku,Berlin,Hamburg,Summe\nA,1,2,3\nB,4,5,9\n", name="stock.csv")
    sales = load("date,A1,B2,C3,Grand Total\n2024-01-13,1,2,3,6\n2024-01-14,1,2,3,6\n2024-01-15,1,2,3,6\n")
    assert set(stock.rows.column("location").to_pylist()) == {"Berlin", "Hamburg"}
    assert set(codes(sales)) == {"A1", "B2", "C3"}


def test_a_header_that_comes_again_is_no_item(load):
    found = load("sku,name,category\nA,Mug,x\nsku,name,category\nB,Cup,x\n", name="products.csv")
    assert codes(found) == ["A", "B"]
    assert aside(found) == [(3, "The line repeats the header.")]


def test_a_second_table_below_the_first_is_not_read_as_the_first(load):
    found = load("sku,on hand\nA,1\nsku,on order\nA,7\nB,9\n", name="stock.csv")
    assert found.rows.column("on_hand").to_pylist() == [1.0]
    assert [line for line, _ in aside(found)] == [3, 4, 5]
    assert "Another table begins at line 3" in aside(found)[2][1]


@pytest.mark.parametrize("code", ["4.00638E+12", "4,00638E+12", "1.234567890123457e+19"])
def test_a_code_that_a_spreadsheet_cut_short_is_set_aside(load, code):
    found = load(f'date,sku,quantity\n2024-01-13,"{code}",1\n2024-01-13,1E5,2\n')
    assert codes(found) == ["1E5"]
    assert "cut short" in aside(found)[0][1]


@pytest.mark.parametrize(
    "cell", ['="00123"', '"=""00123"""', "'00123", "00123\t", "\ufeff00123", "00123\u00a0", "\u200b00123"]
)
def test_what_programs_put_round_a_code_is_not_part_of_it(load, cell):
    found = load(f"quantity,sku,date\n1,{cell},2024-01-13\n2,00123,2024-01-13\n")
    assert codes(found) == ["00123", "00123"]


def test_joined_files_keep_their_codes_though_each_begins_with_a_mark(load):
    mark = b"\xef\xbb\xbf"
    found = load(mark + b"sku,date,quantity\nA,2024-01-13,1\n" + mark + b"A,2024-01-14,1\n")
    assert codes(found) == ["A", "A"]


SWALLOWED = 'date,sku,name,quantity\n2024-01-13,A,"Mug, blue",1\n2024-01-14,A,"Cup,1\n{}2024-01-17,A,Monitor 27",4\n'


@pytest.mark.parametrize("between", ["", "2024-01-15,A,Pot,2\n2024-01-16,A,Pot,3\n"])
def test_rows_swallowed_by_a_stray_quote_mark_are_not_lost_in_silence(table, between):
    with pytest.raises(FileFormatError, match="row at line 3 holds another row within quote marks"):
        table(SWALLOWED.format(between))


def test_texts_of_several_lines_are_no_swallowed_rows(load):
    text = 'name,date,sku,quantity\n"two\nlines",2024-01-13,A,1\n"Mug,\nblue, large, 3",2024-01-14,A,2\n'
    assert load(text).rows.num_rows == 2


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NV", "#¡VALOR!"])
def test_the_error_of_a_formula_is_no_item_and_no_place(load, error):
    found = load(f"date,sku,store,quantity\n2026-01-02,{error},N,3\n2026-01-03,A,{error},4\n2026-01-04,#1,N,5\n")
    assert codes(found) == ["#1"]
    text = f"“{error}” in column “{{}}” is the error of a spreadsheet's formula."
    assert aside(found) == [(2, text.format("sku")), (3, text.format("store"))]
