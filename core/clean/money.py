"""SQL texts about the money of a line: what its currency is, and what is known of it."""

from typing import Final

from core.base.currencies import SIGNS

NAMES: Final = ", ".join(f"('{sign}', '{code}')" for code, signs in SIGNS for sign in signs.split())
READ: Final = f"""
    WITH written AS (
        SELECT currency, lower(trim(currency)) AS sign FROM (SELECT DISTINCT currency FROM rows)
        WHERE trim(currency) <> ''),
    told AS (
        SELECT currency, any_value(sign) AS sign, list(code) FILTER (code IS NOT NULL) AS codes
        FROM written LEFT JOIN (VALUES {NAMES}) AS names(known, code) ON sign = known GROUP BY currency),
    coded AS (
        SELECT currency, CASE WHEN codes IS NULL THEN upper(sign) WHEN len(codes) = 1 THEN codes[1]
            ELSE (SELECT rates.currency FROM rates WHERE own AND list_contains(codes, rates.currency)) END AS code
        FROM told)
    SELECT coded.currency, rates.rate, coalesce(own, false) AS own
    FROM coded LEFT JOIN rates ON coded.code = rates.currency
"""  # noqa: S608 - fixed texts
"""Every currency in the data with the shop's money per unit of it; a sign that may be the shop's own is."""
WITHOUT_RATE: Final = f"coalesce(currency IN (SELECT currency FROM ({READ}) WHERE rate IS NULL), false)"  # noqa: S608 - fixed text
"""SQL over a line of `rows`: its money is in a currency of which no rate is known."""
