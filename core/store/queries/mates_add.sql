-- grain: rows of tables of the same action that are not stored yet, as they are compared
-- unit: as in judge_mine_sales
-- parameters: $role
INSERT INTO mates SELECT $role::VARCHAR AS role, * FROM mine_all
