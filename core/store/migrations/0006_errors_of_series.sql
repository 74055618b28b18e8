-- grain: the whole workspace · unit: one schema version · parameters: none
-- the other scores of each series in a comparison; NULL = undefined, or compared by an older program
ALTER TABLE series_errors ADD COLUMN mse DOUBLE;
ALTER TABLE series_errors ADD COLUMN mape DOUBLE;
ALTER TABLE series_errors ADD COLUMN smape DOUBLE;
ALTER TABLE series_errors ADD COLUMN pinball DOUBLE;
ALTER TABLE series_errors ADD COLUMN crps DOUBLE;
ALTER TABLE series_errors ADD COLUMN coverage_80 DOUBLE;
ALTER TABLE series_errors ADD COLUMN coverage_95 DOUBLE;
