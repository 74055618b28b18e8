-- grain: the lines of `mine_all` without an equal
-- unit: as in judge_mine_sales
-- parameters: none
CREATE OR REPLACE TEMP TABLE mine AS
SELECT * FROM mine_all ANTI JOIN (SELECT line AS line FROM pairs) AS found USING (line)
