-- grain: one row per line of `incoming` that is left out
-- unit: line number
-- parameters: $changes (leave out what differs too), $repeats (leave out identical lines without an order number too)
SELECT line FROM verdicts
WHERE (verdict <> 'there' AND $changes) OR (verdict = 'there' AND (ordered OR $repeats))
