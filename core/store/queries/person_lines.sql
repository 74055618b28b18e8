-- grain: one row: sales lines whose customer was taken out
-- unit: lines
-- parameters: $customer (pseudonym)
UPDATE sales_lines SET customer = NULL WHERE customer = $customer
