-- grain: one row
-- unit: lines of `incoming`: identical, differing, differing without an order number, of another grain
-- parameters: none
SELECT count(*) FILTER (verdict = 'there'), count(*) FILTER (verdict <> 'there'),
    count(*) FILTER (verdict <> 'there' AND NOT ordered), count(*) FILTER (verdict = 'clash') FROM verdicts
