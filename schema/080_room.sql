-- 080_room: room beside a claim for what happens to it in its first minutes.
--
-- Claims registered together lie on one page and are confirmed and pledged together, often in one transaction; then a
-- page needs room for a second version of every row at once, or the rows move and each move costs an entry in every
-- index. Half a page is that room. Old pages stay as they are.

ALTER TABLE asset SET (fillfactor = 50);
