-- 053_tolerance: tolerances of matching may differ by the debtor's country; the debtor of an invoice nobody has claimed yet is
-- found by its number.
CREATE INDEX party_identifier ON party (identifier);
