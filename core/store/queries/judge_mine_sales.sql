-- grain: one row per line of `incoming`, as it is compared with what is stored
-- unit: quantity in its unit of sale; price = money per unit, from the amount where no price is given
-- parameters: none
CREATE OR REPLACE TEMP VIEW mine_all AS
SELECT line, ltrim(order_id, '#') AS order_id, sku, sold_at::DATE AS day, location, quantity, unit_price, amount,
    round(coalesce(unit_price, amount / nullif(quantity, 0)), 4) AS price, lower(trim(status)) AS status,
    CASE WHEN order_id IS NULL THEN lower(trim(channel)) END AS channel
FROM incoming
