-- grain: the whole workspace · unit: one schema version · parameters: none
-- which known SKU a new one is expected to sell like
CREATE TABLE like_items (
    sku VARCHAR PRIMARY KEY, like_sku VARCHAR NOT NULL,
    multiplier DOUBLE NOT NULL,                             -- units of sku expected per unit of like_sku
    reason VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL);
