-- grain: the whole workspace · unit: one schema version · parameters: none
-- supply terms that a products file states of its SKUs; what a suppliers file states of a SKU goes before them
ALTER TABLE products ADD COLUMN lead_time_days DOUBLE;
ALTER TABLE products ADD COLUMN moq DOUBLE;                 -- smallest order, pieces
ALTER TABLE products ADD COLUMN pack DOUBLE;                -- pieces an order comes in multiples of
