"""One customer has one pseudonym, whatever the spelling, and it means nothing without the key."""

import hashlib
import hmac

import pytest

from core.ingest.pseudonyms import pseudonym, reference, rehashed

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17850", "17850.0"), ("Anna@Example.com", " anna@example.com"), ("+86 138-1234-5678", "13812345678"),
        ("+49 (30) 123-4567", "+49301234567"), ("Anna  Schmidt", "anna schmidt"), ("ＡＢ１２", "ab12"),
    ],
)  # fmt: skip
def test_spellings_of_one_customer_share_a_pseudonym(one: str, other: str) -> None:
    assert pseudonym(one, KEY) == pseudonym(other, KEY)


@pytest.mark.parametrize(("one", "other"), [("17850", "17851"), ("000012", "12"), ("a@b.co", "a@b.com"), ("A-1", "A1")])
def test_different_customers_differ(one: str, other: str) -> None:
    assert pseudonym(one, KEY) != pseudonym(other, KEY)


def test_a_pseudonym_is_hmac_sha256_of_the_plain_number_cut_to_128_bits() -> None:
    assert pseudonym("17850", KEY) == hmac.new(KEY, b"17850", hashlib.sha256).hexdigest()[:32]


def test_a_changed_key_hashes_the_former_pseudonym_again() -> None:
    newer = bytes(32)
    assert pseudonym("17850", KEY + newer) == rehashed(pseudonym("17850", KEY) or "", newer)


def test_order_numbers_that_are_identifiers_keep_their_mark_under_a_newer_key() -> None:
    newer = bytes(32)
    assert rehashed(reference("a@b.co", KEY), newer) == reference("a@b.co", KEY + newer)


def test_a_missing_customer_has_none() -> None:
    assert pseudonym(" n/a ", KEY) is None
