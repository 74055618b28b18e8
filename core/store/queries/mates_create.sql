-- grain: rows of tables of the same action that are not stored, as they are compared; none to begin with
-- unit: as in judge_mine_sales
-- parameters: none
CREATE TEMP TABLE IF NOT EXISTS mates (
    role VARCHAR, line BIGINT, order_id VARCHAR, sku VARCHAR, day DATE, location VARCHAR, quantity DOUBLE,
    unit_price DOUBLE, amount DOUBLE, price DOUBLE, status VARCHAR, channel VARCHAR)
