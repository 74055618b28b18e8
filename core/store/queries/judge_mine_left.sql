-- grain: the lines of `mine` without a counterpart so far
-- unit: as in judge_mine_sales
-- parameters: none
CREATE OR REPLACE TEMP TABLE mine AS
SELECT * FROM mine ANTI JOIN (SELECT line AS line FROM pairs) AS found USING (line)
