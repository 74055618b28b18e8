-- grain: one row: sales lines whose customer got another pseudonym
-- unit: lines
-- parameters: none; the frame `incoming` has the columns former and name
UPDATE sales_lines SET customer = incoming.name FROM incoming WHERE sales_lines.customer = incoming.former
