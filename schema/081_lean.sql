-- 081_lean: what PostgreSQL reads anew for every statement of the write path is kept short.
--
-- It parses each CHECK and each generated column of a table again for every INSERT and UPDATE, and copies the condition
-- of each partial index: on small batches that was an eighth of what an entry cost it. So the tables that every entry
-- touches keep one CHECK each, the balance (001_registry.sql says why that one); what a column's type and the one program
-- that writes here say anyway is not said a third time.

DO $$
DECLARE c record;
BEGIN
	FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
			WHERE contype = 'c' AND conrelid IN ('asset'::regclass, 'encumbrance'::regclass) LOOP
		EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname);
	END LOOP;
END $$;
ALTER TABLE log_head DROP CONSTRAINT log_head_size_check, DROP CONSTRAINT log_head_peaks_check,
	DROP CONSTRAINT log_head_last_leaf_check, DROP CONSTRAINT log_head_epoch_check;

-- The timers of an asset's due date: one column instead of three. Which timer it waits for is where the day lies:
-- the day itself may become overdue, 3660000 days on it may fall into default, twice that and a voucher may become overdue.
-- A date of ours has at most four digits of year, so the three ranges do not meet (server/store/due.c reads them).
ALTER TABLE asset
	DROP COLUMN overdue_from, DROP COLUMN default_from, DROP COLUMN paper_due,
	ADD COLUMN due_timer date GENERATED ALWAYS AS (due + CASE kind
		WHEN 1 THEN CASE state WHEN 1 THEN 0 WHEN 2 THEN 0 WHEN 6 THEN 3660000 END
		WHEN 2 THEN CASE state WHEN 2 THEN 7320000 WHEN 3 THEN 7320000 END END) STORED,
	ADD CONSTRAINT asset_balance CHECK (least(diluted, paid, encumbered, reserved, face - diluted - paid - encumbered - reserved) >= 0);
CREATE INDEX asset_due_timer ON asset (due_timer) WHERE due_timer IS NOT NULL;
ALTER TABLE encumbrance ADD CONSTRAINT encumbrance_balance CHECK (open BETWEEN 0 AND amount);
GRANT SELECT (due_timer) ON asset TO counterfoil_publisher;
