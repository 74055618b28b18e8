-- grain: the whole workspace · unit: one schema version · parameters: none
-- how many lines or SKU-periods a finding changed: many where one finding stands for the silent periods of a series, and
-- none where a rule only points something out, or where the lines it changed are found one by one beside it
ALTER TABLE findings ADD COLUMN cells BIGINT;
UPDATE findings SET cells = CASE
    WHEN rule = 'missing_days' AND before_units IS NULL AND after_units = 0
        THEN coalesce(try_cast(regexp_extract(reason, '[0-9]+') AS BIGINT), 1)
    WHEN line = '' AND rule IN ('pack_jumps', 'units_of_measure', 'returns') THEN 0
    ELSE 1 END;
