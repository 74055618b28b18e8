-- grain: one row per change by hand
-- unit: value in percent or units; times in UTC
-- parameters: none; reads the frame `incoming`
-- later than every other one, so that changes keep their order when the clock was put back
INSERT INTO overrides (
    override_id, created_at, who, level, name, location, first_day, last_day, kind, value, reason, comment, until)
SELECT override_id,
    greatest(created_at, (SELECT max(created_at) FROM overrides) + to_microseconds(row_number() OVER ())),
    who, level, name, location, "first", "last", kind, value, reason, comment, until
FROM incoming
