-- 083_desk: what the regulator's map and its list of decisions stand on (queries/audit.sql, queries/log.sql).

-- Where a party is registered: ISO 3166-2 of the province its Unified Social Credit Code names (GB 11714, GB/T 2260), or
-- the country when it names none. Where it works may be elsewhere; that is its profile's to say.
CREATE FUNCTION region_of(country text, identifier text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN country = 'CN' THEN coalesce('CN-' || (
	CASE WHEN identifier ~ '^uscc:[0-9A-Z]{18}$' THEN CASE substr(identifier, 8, 2)
		WHEN '11' THEN 'BJ' WHEN '12' THEN 'TJ' WHEN '13' THEN 'HE' WHEN '14' THEN 'SX' WHEN '15' THEN 'NM'
		WHEN '21' THEN 'LN' WHEN '22' THEN 'JL' WHEN '23' THEN 'HL' WHEN '31' THEN 'SH' WHEN '32' THEN 'JS'
		WHEN '33' THEN 'ZJ' WHEN '34' THEN 'AH' WHEN '35' THEN 'FJ' WHEN '36' THEN 'JX' WHEN '37' THEN 'SD'
		WHEN '41' THEN 'HA' WHEN '42' THEN 'HB' WHEN '43' THEN 'HN' WHEN '44' THEN 'GD' WHEN '45' THEN 'GX'
		WHEN '46' THEN 'HI' WHEN '50' THEN 'CQ' WHEN '51' THEN 'SC' WHEN '52' THEN 'GZ' WHEN '53' THEN 'YN'
		WHEN '54' THEN 'XZ' WHEN '61' THEN 'SN' WHEN '62' THEN 'GS' WHEN '63' THEN 'QH' WHEN '64' THEN 'NX'
		WHEN '65' THEN 'XJ' WHEN '71' THEN 'TW' WHEN '81' THEN 'HK' WHEN '82' THEN 'MO' END END), 'CN')
	ELSE country END;
GRANT EXECUTE ON FUNCTION region_of TO counterfoil_reader;

-- What somebody decided by office: enrolment and suspension, rules, models, anchors, lists, reviews, freezes, erasure. They
-- are few among many entries. The same numbers stand in the query "decisions", so that it is answered from here.
CREATE INDEX entry_decided ON entry (seq)
	WHERE kind IN (2, 10, 11, 12, 15, 40, 41, 50, 51, 52, 145, 146, 147, 149, 251, 252, 262, 310, 311, 332);
