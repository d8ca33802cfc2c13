-- 071_webhook: alerts carried to where a party wants them.
--
-- A webhook has no secret here: it is made from the server's own key and the webhook's id, so there is none to steal
-- from a database or a backup. `position` is the number of the last alert that was looked at for it: what comes behind
-- becomes deliveries in the transaction that moves it. A delivery is tried until it is answered 2xx, at growing
-- intervals; a webhook that fails is left alone for a while, and one that fails for days is stopped.

CREATE TABLE webhook (
	id         uuid        PRIMARY KEY,
	party      uuid        NOT NULL,
	url        text        NOT NULL CHECK (octet_length(url) BETWEEN 1 AND 512),
	asset      uuid, -- only alerts of this asset,
	about      uuid, -- of assets this party holds or owes,
	code       integer     NOT NULL CHECK (code >= 0), -- of this code,
	severity   integer     NOT NULL CHECK (severity BETWEEN 1 AND 3), -- at least so severe
	state      integer     NOT NULL CHECK (state BETWEEN 1 AND 4), -- 1 unverified, 2 live, 3 stopped, 4 removed
	position   bigint      NOT NULL,
	made_at    timestamptz NOT NULL,
	made_by    bytea       NOT NULL CHECK (octet_length(made_by) = 32),
	next_at    timestamptz NOT NULL,
	busy_until timestamptz NOT NULL DEFAULT '-infinity',
	failures   integer     NOT NULL DEFAULT 0, -- in a row
	failing_since timestamptz,
	first_seq  bigint      GENERATED ALWAYS AS IDENTITY UNIQUE
) WITH (fillfactor = 50);
CREATE INDEX webhook_party ON webhook (party, first_seq);
CREATE INDEX webhook_due ON webhook (next_at) WHERE state IN (1, 2);

CREATE TABLE webhook_delivery (
	webhook  uuid        NOT NULL,
	number   bigint      NOT NULL, -- of the alert; -1: a test
	state    integer     NOT NULL CHECK (state BETWEEN 1 AND 3), -- 1 waits, 2 delivered, 3 given up
	attempts integer     NOT NULL DEFAULT 0,
	next_at  timestamptz NOT NULL,
	queued_at timestamptz NOT NULL,
	tried_at timestamptz,
	status   integer     NOT NULL DEFAULT 0, -- of the last answer; 0 without
	why      text        NOT NULL DEFAULT '',
	PRIMARY KEY (webhook, number)
) WITH (fillfactor = 70);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, next_at) WHERE state = 1;

GRANT SELECT, INSERT, UPDATE ON webhook, webhook_delivery TO counterfoil_teller;
GRANT SELECT ON webhook, webhook_delivery TO counterfoil_reader;

CREATE FUNCTION owns_webhook(webhook_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM webhook w WHERE w.id = webhook_id AND w.party = me());
END;
GRANT EXECUTE ON FUNCTION owns_webhook TO counterfoil_reader;
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['webhook', 'webhook_delivery'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY teller ON %I TO counterfoil_teller USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;
CREATE POLICY reader ON webhook FOR SELECT TO counterfoil_reader USING (party = (SELECT me()));
CREATE POLICY reader ON webhook_delivery FOR SELECT TO counterfoil_reader USING (owns_webhook(webhook));

-- What a receiver is sent of an alert is what the party sees of it.
GRANT SELECT ON alert_shown TO counterfoil_teller;
GRANT EXECUTE ON FUNCTION word_of, moment, b64url TO counterfoil_teller;

CREATE FUNCTION webhook_state(state integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (ARRAY['unverified', 'live', 'stopped', 'removed'])[state];
CREATE FUNCTION delivery_state(state integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (ARRAY['waiting', 'delivered', 'given-up'])[state];

CREATE VIEW webhook_shown WITH (security_invoker = true) AS
SELECT w.id, w.party, w.state, w.first_seq, json_strip_nulls(json_build_object(
	'id', w.id, 'url', w.url, 'state', webhook_state(w.state), 'asset', w.asset, 'party', w.about,
	'code', word_of('alert', w.code), 'severity', (ARRAY['info', 'warning', 'alarm'])[w.severity],
	'made_at', moment(w.made_at), 'failures', w.failures, 'failing_since', moment(w.failing_since))) AS json
FROM webhook w;
CREATE VIEW delivery_shown WITH (security_invoker = true) AS
SELECT d.webhook, d.number, json_strip_nulls(json_build_object(
	'alert', CASE WHEN d.number >= 0 THEN d.number END, 'test', CASE WHEN d.number < 0 THEN true END, 'state', delivery_state(d.state), 'attempts', d.attempts, 'queued_at', moment(d.queued_at),
	'tried_at', moment(d.tried_at), 'next_at', CASE WHEN d.state = 1 THEN moment(d.next_at) END,
	'status', NULLIF(d.status, 0), 'why', NULLIF(d.why, ''))) AS json
FROM webhook_delivery d;
GRANT EXECUTE ON FUNCTION webhook_state, delivery_state TO counterfoil_reader;
GRANT SELECT ON webhook_shown, delivery_shown TO counterfoil_reader;
