-- grain: one row per movement of `incoming`, as it is compared with what is stored; the document stands for the order
-- unit: units into the location, negative out of it
-- parameters: none
CREATE OR REPLACE TEMP VIEW mine_all AS
SELECT line, document AS order_id, sku, moved_on AS day, location, quantity, NULL::DOUBLE AS unit_price,
    NULL::DOUBLE AS amount, NULL::DOUBLE AS price, NULL::VARCHAR AS status, lower(trim(kind)) AS channel
FROM incoming
