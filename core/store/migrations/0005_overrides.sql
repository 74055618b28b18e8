-- grain: the whole workspace · unit: one schema version · parameters: none
-- what planners change in forecasts by hand, and what each change did when it was first applied
CREATE TABLE overrides (                                    -- withdrawn_at: NULL while it holds
    override_id VARCHAR PRIMARY KEY, created_at TIMESTAMP NOT NULL, who VARCHAR NOT NULL,
    level VARCHAR NOT NULL, name VARCHAR NOT NULL, location VARCHAR NOT NULL,  -- the scope: of all series level "total"
    first_day DATE NOT NULL, last_day DATE NOT NULL,        -- days of the forecast it changes, both included
    kind VARCHAR NOT NULL, value DOUBLE NOT NULL,           -- "percent", "units" more or fewer, or "set" to units
    reason VARCHAR NOT NULL, comment VARCHAR NOT NULL,
    until DATE NOT NULL,                                    -- forecasts that begin later do not apply it
    withdrawn_at TIMESTAMP, withdrawn_by VARCHAR);
CREATE TABLE override_effects (                             -- units of the scope with the first run that applied it; naive: NULL = unknown
    override_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, period DATE NOT NULL,
    naive DOUBLE, before_units DOUBLE NOT NULL, after_units DOUBLE NOT NULL);
ALTER TABLE runs ADD COLUMN base VARCHAR;                   -- the forecast that one with changes was made from
