-- grain: the whole workspace · unit: one schema version · parameters: none
-- what a shop's other files say, how its codes belong together, and what planners correct by hand
ALTER TABLE sales_lines ADD COLUMN unit VARCHAR;            -- unit of measure of the quantity, e.g. box; NULL: pieces
ALTER TABLE sales_lines ADD COLUMN currency VARCHAR;        -- of price and amount; NULL: the shop's own
ALTER TABLE products ADD COLUMN shelf_life_days DOUBLE;
ALTER TABLE products ADD COLUMN units_per_pack DOUBLE;      -- pieces in one pack of the sales unit

CREATE TABLE stock_movements (                              -- quantity > 0: into the location, < 0: out of it
    upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, moved_on DATE NOT NULL, sku VARCHAR NOT NULL,
    location VARCHAR NOT NULL, kind VARCHAR, quantity DOUBLE NOT NULL, document VARCHAR);
CREATE TABLE sku_links (                                    -- code old_sku means factor pieces of new_sku
    old_sku VARCHAR PRIMARY KEY, new_sku VARCHAR NOT NULL, factor DOUBLE NOT NULL, reason VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL);
CREATE TABLE exchange_rates (currency VARCHAR PRIMARY KEY, rate DOUBLE NOT NULL);  -- shop's money per unit of it
CREATE TABLE saved_mappings (                               -- fingerprint: SHA-256 of the header
    fingerprint VARCHAR PRIMARY KEY, role VARCHAR NOT NULL, mapping VARCHAR NOT NULL, saved_at TIMESTAMP NOT NULL);
CREATE TABLE stock_out_choices (                            -- choice: "estimate" or "leave"
    sku VARCHAR NOT NULL, location VARCHAR NOT NULL, choice VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (sku, location));
CREATE TABLE adjustments (                                  -- demand a planner put in by hand, with the reason
    sku VARCHAR NOT NULL, location VARCHAR NOT NULL, period DATE NOT NULL, units DOUBLE NOT NULL,
    reason VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, PRIMARY KEY (sku, location, period));
ALTER TABLE demand ADD COLUMN lost_units DOUBLE;            -- mean of the sales lost to an empty shelf, NULL: none
ALTER TABLE demand ADD COLUMN lost_sd DOUBLE;               -- its standard deviation
