-- grain: the whole workspace · unit: one schema version · parameters: none
CREATE TABLE settings (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

CREATE TABLE uploads (
    upload_id VARCHAR PRIMARY KEY,          -- SHA-256 of content hash, sheet or member, role and mapping
    content_hash VARCHAR NOT NULL, file_name VARCHAR NOT NULL, member VARCHAR NOT NULL, role VARCHAR NOT NULL,
    platform VARCHAR NOT NULL, mapping VARCHAR NOT NULL, records BIGINT NOT NULL, loaded BIGINT NOT NULL,
    quarantined BIGINT NOT NULL, first_period DATE, last_period DATE, loaded_at TIMESTAMP NOT NULL);
CREATE TABLE quarantine (upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, reason VARCHAR NOT NULL, content VARCHAR NOT NULL);

CREATE TABLE sales_lines (
    upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, order_id VARCHAR, sold_at TIMESTAMP NOT NULL, sku VARCHAR NOT NULL,
    product_name VARCHAR, location VARCHAR NOT NULL, quantity DOUBLE NOT NULL, unit_price DOUBLE, amount DOUBLE,
    discount DOUBLE, status VARCHAR, channel VARCHAR, category VARCHAR, customer VARCHAR);
CREATE TABLE stock_levels (
    upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, stock_date DATE, sku VARCHAR NOT NULL, location VARCHAR NOT NULL,
    on_hand DOUBLE NOT NULL, on_order DOUBLE, allocated DOUBLE);
CREATE TABLE products (
    upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, sku VARCHAR NOT NULL, product_name VARCHAR, category VARCHAR,
    brand VARCHAR, unit_cost DOUBLE, unit_price DOUBLE, supplier VARCHAR, launched_on DATE, discontinued_on DATE);
CREATE TABLE supply_terms (                 -- sku NULL: holds for the whole supplier; location NULL: everywhere
    upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, supplier VARCHAR NOT NULL, sku VARCHAR, location VARCHAR,
    lead_time_days DOUBLE, lead_time_sd_days DOUBLE, review_period_days DOUBLE, moq DOUBLE, pack DOUBLE,
    order_minimum DOUBLE, order_cost DOUBLE, unit_cost DOUBLE);
CREATE TABLE purchase_orders (              -- received_on NULL: not yet received
    upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, po_id VARCHAR, supplier VARCHAR, sku VARCHAR NOT NULL,
    location VARCHAR NOT NULL, ordered_on DATE NOT NULL, due_on DATE, received_on DATE, ordered_units DOUBLE NOT NULL,
    received_units DOUBLE, unit_cost DOUBLE);
CREATE TABLE drivers (                      -- NULL sku, location or period: holds for all of them
    upload_id VARCHAR NOT NULL, line BIGINT NOT NULL, period DATE, sku VARCHAR, location VARCHAR,
    driver VARCHAR NOT NULL, value DOUBLE, label VARCHAR);

CREATE TABLE recipes (recipe_id VARCHAR PRIMARY KEY, parent_id VARCHAR, rules VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL);
CREATE TABLE dataset_versions (
    version VARCHAR PRIMARY KEY,            -- SHA-256 of uploads, recipe and grain
    recipe_id VARCHAR NOT NULL, frequency VARCHAR NOT NULL, n_series BIGINT NOT NULL, first_period DATE, last_period DATE,
    closed_weekdays VARCHAR NOT NULL, notes VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL);
CREATE TABLE demand (                       -- units NULL: not on sale; censored: out of stock, demand was at least units
    version VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, period DATE NOT NULL, units DOUBLE,
    censored BOOLEAN NOT NULL, imported_units DOUBLE, returned_units DOUBLE, revenue DOUBLE);
CREATE TABLE findings (
    version VARCHAR NOT NULL, rule VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, period VARCHAR NOT NULL,
    before_units DOUBLE, after_units DOUBLE, reason VARCHAR NOT NULL, line VARCHAR NOT NULL);

CREATE TABLE runs (                         -- one row per comparison, forecast, plan, segmentation or simulation
    run_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, version VARCHAR NOT NULL, status VARCHAR NOT NULL,
    manifest VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, seconds DOUBLE NOT NULL);
CREATE TABLE leaderboard (run_id VARCHAR NOT NULL, model VARCHAR NOT NULL, scores VARCHAR NOT NULL);
CREATE TABLE series_errors (                -- one row per run, model and series
    run_id VARCHAR NOT NULL, model VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, wape DOUBLE,
    bias DOUBLE, mase DOUBLE, rmsse DOUBLE, rmse DOUBLE, mae DOUBLE, abs_error DOUBLE, weight DOUBLE);
CREATE TABLE champions (run_id VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, model VARCHAR NOT NULL, reason VARCHAR NOT NULL);
CREATE TABLE backtest_points (              -- what each model said at each origin, mean units
    run_id VARCHAR NOT NULL, model VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, origin DATE NOT NULL,
    period DATE NOT NULL, mean DOUBLE);
CREATE TABLE forecasts (                    -- one row per run, series and period
    run_id VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, period DATE NOT NULL, model VARCHAR NOT NULL,
    mean DOUBLE NOT NULL, q025 DOUBLE NOT NULL, q05 DOUBLE NOT NULL, q10 DOUBLE NOT NULL, q25 DOUBLE NOT NULL,
    q50 DOUBLE NOT NULL, q75 DOUBLE NOT NULL, q90 DOUBLE NOT NULL, q95 DOUBLE NOT NULL, q975 DOUBLE NOT NULL);
CREATE TABLE group_forecasts (              -- the same for sums over all series, a category or a location
    run_id VARCHAR NOT NULL, level VARCHAR NOT NULL, name VARCHAR NOT NULL, period DATE NOT NULL,
    mean DOUBLE NOT NULL, q025 DOUBLE NOT NULL, q05 DOUBLE NOT NULL, q10 DOUBLE NOT NULL, q25 DOUBLE NOT NULL,
    q50 DOUBLE NOT NULL, q75 DOUBLE NOT NULL, q90 DOUBLE NOT NULL, q95 DOUBLE NOT NULL, q975 DOUBLE NOT NULL);
CREATE TABLE segments (run_id VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, kind VARCHAR NOT NULL, label VARCHAR NOT NULL);
CREATE TABLE plan_lines (run_id VARCHAR NOT NULL, sku VARCHAR NOT NULL, location VARCHAR NOT NULL, line VARCHAR NOT NULL);
CREATE TABLE jobs (
    job_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, status VARCHAR NOT NULL, stage VARCHAR NOT NULL, fraction DOUBLE NOT NULL,
    detail VARCHAR NOT NULL, message VARCHAR NOT NULL, request VARCHAR NOT NULL, run_id VARCHAR, created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP);
CREATE TABLE audit (done_at TIMESTAMP NOT NULL, who VARCHAR NOT NULL, action VARCHAR NOT NULL, detail VARCHAR NOT NULL);
