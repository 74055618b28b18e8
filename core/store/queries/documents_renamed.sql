-- grain: one row: stock movements whose document, standing for an identifier, got another pseudonym
-- unit: lines
-- parameters: none; the frame `incoming` has the columns former and name
UPDATE stock_movements SET document = incoming.name FROM incoming WHERE stock_movements.document = incoming.former
