-- grain: one row per line of `incoming` that is not new
-- unit: verdict: "there", "change" or "clash"; ordered: whether the line has an order number
-- parameters: none
CREATE OR REPLACE TEMP TABLE verdicts (line BIGINT, verdict VARCHAR, ordered BOOLEAN)
