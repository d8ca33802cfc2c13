/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_statement.c: every statement type as a command, made from statement.def.
 *
 *   options -> JSON payload -> the strict reader of the server (so what is wrong is named before anything is sent)
 *   -> sealed with the key -> sent, the same bytes until there is an answer -> receipt
 *
 * What a user would have to look up is filled in: the object's latest statement
 * as prev, a new id where the statement creates, the invoice's facts where a
 * document is given.
 */
#include "client.h"
#include "command.h"
#include "intake/statement.h"
#include "state.h"
#include "intake/statement_write.h"
#include "json_at.h"
#include "receipt_file.h"
#include "run/clock.h"
#include "service/outbound.h"
#include "state.h"
#include "statement_text.h"

enum { FIELDS_MAX = 24, GOODS_LINES_MAX = 1000 };
#define BATCH_MAX ((size_t)16 << 20)
#define DOCUMENT_FILE_MAX ((size_t)16 << 20)

/* --- the options of a type --- */

static const struct option_row envelope[] = {
	{ "object", "UUID", "what it is about; new where the statement creates it" },
	{ "prev", "HASH|null", "the object's latest statement; fetched from the registry when absent" },
	{ "on-behalf-of", "UUID", "the party it is signed for, under a mandate" },
	{ "id", "UUID", "of the statement; new when absent" },
	{ "at", "MOMENT", "the signer's clock; now when absent" },
	{ "dry-run", NULL, "print payload and JWS, send nothing" },
	{ "out", "FILE", "where the receipt is written" },
	{ "statement-out", "FILE", "where the signed statement is written" },
	{ "vkey", "VKEY|FILE", "verify the receipt against this key of the log before believing it" },
	CLIENT_OPTIONS,
};
/* Options that are not fields but fill some. */
static const struct {
	const char *type;
	struct option_row option;
} shortcut[] = {
	{ "receivable.register",
	  { "document", "FILE", "submits this invoice, and takes number, dates and amount from it" } },
	{ "receivable.constitute",
	  { "document", "FILE", "submits this invoice, and takes number, dates and amount from it" } },
	{ "party.enrol",
	  { "jwk", "JWK-FILE", "a key of the party, again for more; the party's id is written beside it" } },
	{ "statement.cosign", { "file", "JWS-FILE", "the statement to complete, for its hash and what it is about" } },
};

static const struct option_row *envelope_row(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(envelope); i++)
		if (strcmp(envelope[i].name, name) == 0)
			return &envelope[i];
	return NULL;
}

/* Two names are taken by the envelope: log.genesis has a key too. */
static const char *field_option(struct cli *c, const struct field_info *f)
{
	const char *name = member_option(c, f->member);

	return envelope_row(name) ? cli_text(c, "body-%s", name) : name;
}

struct options statement_options(struct cli *c, const struct statement_info *s)
{
	struct option_row *o = ARENA_ARRAY(c->mem, struct option_row, s->n_fields + ARRAY_LEN(envelope) + 1);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(shortcut); i++)
		if (strcmp(shortcut[i].type, s->type) == 0)
			o[n++] = shortcut[i].option;
	for (size_t i = 0; i < s->n_fields; i++)
		o[n++] = (struct option_row){ field_option(c, &s->fields[i]), kind_typed(s->fields[i].kind),
			                      cli_text(c, "%s%s", s->fields[i].need ? "" : "(may) ",
			                               s->fields[i].what) };
	memcpy(&o[n], envelope, sizeof envelope);
	return (struct options){ o, n + ARRAY_LEN(envelope) };
}

/* --- one statement in the making --- */

struct making {
	struct cli *c;
	const struct statement_info *s;
	struct client k;
	const char *preset[FIELDS_MAX]; /* for fields no option fills */
	const char *object, *prev;      /* prev: "" is null */
	struct command cmd;
};

static void preset(struct making *m, const char *member, const char *text)
{
	for (size_t i = 0; i < m->s->n_fields; i++)
		if (strcmp(m->s->fields[i].member, member) == 0 && text && *text)
			m->preset[i] = text;
}

static const char *uuid_text(struct cli *c, struct uuid u)
{
	char text[UUID_TEXT + 1] = "";
	struct writer w = writer_over(text, UUID_TEXT);

	put_uuid(&w, u);
	return cli_text(c, "%s", text);
}

static const char *hash_text(struct cli *c, struct hash h)
{
	char text[HASH_B64 + 1] = "";
	struct writer w = writer_over(text, HASH_B64);

	put_hash64(&w, h);
	return cli_text(c, "%s", text);
}

/* Whom the statement speaks for. */
static int acting_party(struct making *m, const char **ret)
{
	int rc;

	*ret = cli_opt(m->c, "on-behalf-of");
	if (*ret)
		return EXIT_GOOD;
	rc = client_party(&m->k);
	if (rc == EXIT_GOOD)
		*ret = uuid_text(m->c, m->k.party);
	return rc;
}

/* --- receivable register --document --- */

static void tell_findings(struct cli *c, struct span report)
{
	struct span findings, name, f;
	struct json_walk w;

	if (c->json || !json_at(report, "/findings", &findings))
		return;
	w = json_walk(findings);
	while (json_next(&w, &name, &f))
		fprintf(c->out, "  %s %s: %s (%s)\n", json_z(f, "/severity", c->mem), json_z(f, "/rule", c->mem),
		        json_z(f, "/text", c->mem), json_z(f, "/where", c->mem));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *invoice_text(struct cli *c, struct span report)
{
	struct writer w = cli_writer(c);
	struct span number, date;

	if (!json_at(report, "/number", &number))
		return NULL;
	put_z(&w, "{\"number\":");
	put_span(&w, number);
	if (json_at(report, "/issue_date", &date)) {
		put_z(&w, ",\"date\":");
		put_span(&w, date);
	}
	put_z(&w, "}");
	put_byte(&w, 0);
	return writer_span(&w).at;
}

/*
 * What is sold, as one hash, so that two invoices over the same goods are alike under whatever number: a line is its item
 * (standard, else seller's number, else name), unit, quantity and price with "|" between, the lines are sorted and each
 * ends with a line feed.
 */
static const char *goods_lines(struct cli *c, struct span report)
{
	static const char *const item[] = { "/standard_item", "/seller_item", "/name" };
	const char *line[GOODS_LINES_MAX];
	struct span lines, name, at;
	struct json_walk walk;
	struct writer w;
	size_t n = 0;

	if (!json_at(report, "/lines", &lines))
		return NULL;
	for (walk = json_walk(lines); n < GOODS_LINES_MAX && json_next(&walk, &name, &at); n++) {
		const char *what = "";

		for (size_t i = 0; i < ARRAY_LEN(item) && !*what; i++)
			what = json_z(at, item[i], c->mem);
		line[n] = cli_text(c, "%s|%s|%s|%s\n", what, json_z(at, "/unit", c->mem),
		                   json_z(at, "/quantity", c->mem), json_z(at, "/price", c->mem));
	}
	if (n == 0 || n == GOODS_LINES_MAX)
		return NULL;
	qsort(line, n, sizeof *line, by_text);
	w = writer_in(c->mem);
	for (size_t i = 0; i < n; i++)
		put_z(&w, line[i]);
	return hash_text(c, sha256(writer_done(&w, c->mem)));
}

static void preset_given(struct making *m, const char *member, const char *text)
{
	if (text && *text)
		preset(m, member, text);
}

static int from_document(struct making *m, const char *path)
{
	struct cli *c = m->c;
	struct http_answer a;
	struct span bytes;
	int rc;

	if (!cli_file(c, path, DOCUMENT_FILE_MAX, &bytes))
		return EXIT_USAGE;
	rc = client_post(&m->k, "/v1/documents", true, "application/octet-stream", bytes, &a);
	if (rc != EXIT_GOOD)
		return rc;
	if (a.status >= 300 || !a.json)
		return client_problem(&m->k, &a);
	if (!c->json)
		fprintf(c->out, "document %s: %s, level %s, number %s\n", path, json_z(a.body, "/kind", c->mem),
		        json_z(a.body, "/level", c->mem), json_z(a.body, "/number", c->mem));
	tell_findings(c, a.body);
	preset(m, "documents", json_z(a.body, "/id", c->mem));
	preset(m, "issue_date", json_z(a.body, "/issue_date", c->mem));
	preset(m, "due_date", json_z(a.body, "/due_date", c->mem));
	preset(m, "invoice", invoice_text(c, a.body));
	preset_given(m, "order", json_z(a.body, "/order_ref", c->mem));
	preset_given(m, "deliveries", json_z(a.body, "/despatch_ref", c->mem));
	preset_given(m, "account", json_z(a.body, "/account", c->mem));
	preset_given(m, "goods_lines", goods_lines(c, a.body));
	preset(m, "face",
	       cli_text(c, "%s%s", json_z(a.body, "/payable/amount", c->mem),
	                json_z(a.body, "/payable/currency", c->mem)));
	return EXIT_GOOD;
}

/* --- what is filled in --- */

static int fill_register(struct making *m)
{
	const char *document = cli_opt(m->c, "document"), *creditor = cli_opt(m->c, "creditor");
	int rc = creditor ? EXIT_GOOD : acting_party(m, &creditor);

	if (rc != EXIT_GOOD)
		return rc;
	preset(m, "creditor", creditor);
	preset(m, "existing", "yes");
	return document ? from_document(m, document) : EXIT_GOOD;
}

static int fill_constitute(struct making *m)
{
	const char *document = cli_opt(m->c, "document");

	return document ? from_document(m, document) : EXIT_GOOD;
}

static int fill_enrol(struct making *m)
{
	preset(m, "keys", cli_joined(m->c, "jwk"));
	preset(m, "country", "CN");
	return EXIT_GOOD;
}

static int fill_grant(struct making *m)
{
	preset(m, "from", "+0d");
	preset(m, "kind", "assignment");
	return EXIT_GOOD;
}

static int fill_issue(struct making *m)
{
	preset(m, "issue_date", "+0d");
	preset(m, "negotiable", "yes");
	return EXIT_GOOD;
}

static int fill_split(struct making *m)
{
	preset(m, "into", uuid_text(m->c, new_uuid()));
	return EXIT_GOOD;
}

static int fill_pay(struct making *m)
{
	preset(m, "on", "+0d");
	return EXIT_GOOD;
}

static int fill_price(struct making *m)
{
	char text[40] = ""; /* to the microsecond: the next one must be later */
	struct writer w = writer_over(text, sizeof text - 1);

	put_moment(&w, clock_now());
	preset(m, "made", cli_text(m->c, "%s", text));
	return EXIT_GOOD;
}

static int fill_anchor(struct making *m)
{
	preset(m, "purpose", "any");
	preset(m, "authority", "no");
	preset(m, "valid_from", "+0m");
	return EXIT_GOOD;
}

static int fill_feed(struct making *m)
{
	preset(m, "currency", "CNY");
	return EXIT_GOOD;
}

static int fill_demand(struct making *m)
{
	preset(m, "ended", "+0d");
	return EXIT_GOOD;
}

/* What a debtor signs about a supplier is about that supplier. */
static int fill_commitment(struct making *m)
{
	m->object = cli_opt(m->c, "supplier");
	return EXIT_GOOD;
}

static struct span without_end(struct span s)
{
	while (s.len > 0 && strchr("\r\n ", s.at[s.len - 1]))
		s.len--;
	return s;
}

/* What waits for its second signature is named by its hash and by its object. */
static int fill_cosign(struct making *m)
{
	struct sealed sealed;
	struct command cmd;
	struct diag d = { .detail = "" };
	struct span text;
	const char *path = cli_opt(m->c, "file");

	if (!path)
		return cli_opt(m->c, "object")
		               ? EXIT_GOOD
		               : cli_usage(
					 m->c,
					 "say what the statement is about with --object UUID, or give it with --file");
	if (!cli_file(m->c, path, STATEMENT_COMPACT_MAX + 2, &text))
		return EXIT_USAGE;
	if (statement_split(without_end(text), m->c->mem, &sealed, &d) != OK ||
	    statement_parse(&sealed, m->c->mem, &cmd, &d) != OK)
		return cli_usage(m->c, "%s is no statement: %s %s", path, d.pointer, d.detail);
	preset(m, "statement", hash_text(m->c, cmd.statement));
	m->object = uuid_text(m->c, cmd.object);
	return EXIT_GOOD;
}

static const struct {
	enum statement_kind kind;
	int (*fill)(struct making *m);
} filler[] = {
	{ ST_STATEMENT_COSIGN, fill_cosign },
	{ ST_RECEIVABLE_REGISTER, fill_register },
	{ ST_PARTY_ENROL, fill_enrol },
	{ ST_ENCUMBRANCE_GRANT, fill_grant },
	{ ST_RECEIVABLE_PAY, fill_pay },
	{ ST_INVENTORY_COUNT, fill_pay },
	{ ST_INVENTORY_REPORT, fill_pay },
	{ ST_INVENTORY_INSPECT, fill_pay },
	{ ST_INVENTORY_SELL, fill_pay },
	{ ST_PREPAYMENT_ADVANCE, fill_pay },
	{ ST_PREPAYMENT_SHIP, fill_pay },
	{ ST_PREPAYMENT_RECEIVE, fill_pay },
	{ ST_PREPAYMENT_RELEASE, fill_pay },
	{ ST_PREPAYMENT_REFUND, fill_pay },
	{ ST_PRICE_POST, fill_price },
	{ ST_PRICE_ENROL, fill_feed },
	{ ST_ANCHOR_PUBLISH, fill_anchor },
	{ ST_RECEIVABLE_CONSTITUTE, fill_constitute },
	{ ST_ENCUMBRANCE_NOTIFY, fill_pay },
	{ ST_ENCUMBRANCE_DEMAND, fill_demand },
	{ ST_COMMITMENT_SIGN, fill_commitment },
	{ ST_RECEIPT_ISSUE, fill_issue },
	{ ST_RECEIPT_SPLIT, fill_split },
	{ ST_RECEIPT_WEIGH, fill_pay },
	{ ST_RECEIPT_INSPECT, fill_pay },
	{ ST_RECEIPT_DELIVER, fill_pay },
	{ ST_SITE_COUNT, fill_pay },
};

static int fill(struct making *m)
{
	for (size_t i = 0; i < ARRAY_LEN(filler); i++)
		if (filler[i].kind == m->s->kind)
			return filler[i].fill(m);
	return EXIT_GOOD;
}

/* --- object and prev --- */

static int need_object(struct making *m)
{
	const char *noun = m->s->table == TABLE_PARTY ? "party" : "object";
	bool own = m->s->kind == ST_KEY_ENROL || m->s->kind == ST_KEY_REVOKE;

	if (cli_opt(m->c, "object"))
		m->object = cli_opt(m->c, "object");
	if (m->object)
		return cli_uuid(m->c, m->object) ? EXIT_GOOD : EXIT_USAGE;
	if (own)
		return acting_party(m, &m->object);
	if (m->s->mode == UPDATES)
		return cli_usage(m->c, "which %s? Say it with --object UUID", noun);
	m->object = uuid_text(m->c, new_uuid());
	return EXIT_GOOD;
}

static int fetch_etag(struct making *m, const char *path)
{
	struct http_answer a;
	int rc = client_ask(&m->k, path, m->s->table != TABLE_ANCHOR, &a); /* anchors are public */

	if (rc == EXIT_GOOD)
		m->prev = a.etag[0] ? cli_text(m->c, "%s", a.etag) : json_z(a.body, "/etag", m->c->mem);
	return rc;
}

/* Holds have a list only: a lender has few. */
static int fetch_hold(struct making *m)
{
	struct http_answer a;
	struct span items, name, one;
	struct json_walk w;
	int rc = client_ask(&m->k, "/v1/holds?limit=200", true, &a);

	if (rc != EXIT_GOOD)
		return rc;
	if (!json_at(a.body, "/items", &items))
		items = S("[]");
	w = json_walk(items);
	while (json_next(&w, &name, &one))
		if (strcmp(json_z(one, "/id", m->c->mem), m->object) == 0)
			m->prev = json_z(one, "/etag", m->c->mem);
	if (m->prev)
		return EXIT_GOOD;
	return cli_fail(m->c, EXIT_REFUSED, "none of your last 200 holds is %s: `counterfoil hold list` shows them",
	                m->object);
}

/* Where an asset of the kind is read. */
static const char *asset_path(enum asset_kind k)
{
	static const char *const path[ASSET_KINDS] = {
		[ASSET_RECEIVABLE] = "/v1/receivables/%s",
		[ASSET_WAREHOUSE_RECEIPT] = "/v1/warehouse-receipts/%s",
		[ASSET_VOUCHER] = "/v1/vouchers/%s",
		[ASSET_INVENTORY] = "/v1/inventories/%s",
		[ASSET_PREPAYMENT] = "/v1/prepayments/%s",
		[ASSET_BILL] = "/v1/bills/%s",
		[ASSET_POOL] = "/v1/pools/%s",
	};

	return path[k];
}

static int fetch_prev(struct making *m)
{
	const char *path = NULL;

	if (m->s->table == TABLE_HOLD)
		return fetch_hold(m);
	if (m->s->table == TABLE_ASSET)
		path = asset_path(asset_kind_of_type(span_z(m->s->type)));
	else if (m->s->table == TABLE_ANCHOR)
		path = "/v1/anchors/%s";
	else if (m->s->table == TABLE_PRICE)
		path = "/v1/prices/%s";
	else if (m->s->table == TABLE_SITE)
		path = "/v1/sites/%s";
	else if (m->s->table == TABLE_ENCUMBRANCE)
		path = "/v1/encumbrances/%s";
	else if (m->s->table == TABLE_OBJECTION)
		path = "/v1/objections/%s";
	else if (m->s->table == TABLE_CONSENT)
		path = "/v1/consents/%s";
	else if (m->s->table == TABLE_FINDING)
		path = "/v1/findings/%s";
	else if (m->s->table == TABLE_APPEAL)
		path = "/v1/appeals/%s";
	else if (m->s->table == TABLE_PARTY)
		path = "/v1/parties/%s";
	if (!path)
		return cli_usage(m->c,
		                 "say with --prev what was signed about it last: the statement_hash of that receipt");
	size_t stem = strlen(path) - 2;
	return fetch_etag(m, cli_text(m->c, "%.*s%s", (int)stem, path, m->object));
}

static int find_prev(struct making *m)
{
	const char *given = cli_opt(m->c, "prev");
	bool chained = m->s->mode == UPDATES || (m->s->mode == EITHER && cli_opt(m->c, "object"));

	if (given) {
		m->prev = strcmp(given, "null") == 0 ? "" : given;
		return EXIT_GOOD;
	}
	m->prev = NULL;
	if (chained && !cli_on(m->c, "dry-run"))
		return fetch_prev(m);
	if (chained)
		return cli_usage(m->c, "a dry run asks nobody: give --prev HASH");
	m->prev = "";
	return EXIT_GOOD;
}

/* --- the payload --- */

static bool is_list(enum field_kind k)
{
	return k == FK_hashes || k == FK_jwks || k == FK_roles || k == FK_types || k == FK_uuids || k == FK_cuts ||
	       k == FK_texts || k == FK_numbers;
}

static bool put_body(struct making *m, struct jcs *j)
{
	jcs_name(j, "body");
	jcs_object(j);
	for (size_t i = 0; i < m->s->n_fields; i++) {
		const struct field_info *f = &m->s->fields[i];
		const char *name = field_option(m->c, f);
		const char *text = is_list(f->kind) ? cli_joined(m->c, name) : cli_opt(m->c, name);

		text = text ? text : m->preset[i];
		if (!text && f->kind == FK_hashes && f->need)
			text = "";
		if (!text)
			continue; /* the strict reader says so when it is needed */
		jcs_name(j, f->member);
		if (!put_typed(m->c, j, f, text))
			return false;
	}
	jcs_end_object(j);
	return true;
}

static void put_envelope(struct making *m, struct jcs *j)
{
	const char *id = cli_opt(m->c, "id"), *at = cli_opt(m->c, "at"), *behalf = cli_opt(m->c, "on-behalf-of");
	uint8_t salt[32];
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	clock_random(salt, sizeof salt);
	put_b64url(&w, (struct span){ (const char *)salt, sizeof salt });
	jcs_member_z(j, "type", m->s->type);
	jcs_member_z(j, "id", id ? id : uuid_text(m->c, new_uuid()));
	jcs_member_z(j, "object", m->object);
	jcs_name(j, "prev");
	if (m->prev && *m->prev)
		jcs_z(j, m->prev);
	else
		jcs_null(j);
	jcs_member_z(j, "at", at ? at : from_now(m->c, "+0m", false));
	jcs_member_span(j, "salt", writer_span(&w));
	if (behalf)
		jcs_member_z(j, "on_behalf_of", behalf);
}

/* Which option fills what the reader found fault with. */
static int tell_fault(struct making *m, const struct diag *d)
{
	struct span rest = span_z(d->pointer), first, member;

	if (span_starts(rest, S("/body/")))
		rest = (struct span){ rest.at + 6, rest.len - 6 };
	else if (rest.len > 0)
		rest = (struct span){ rest.at + 1, rest.len - 1 };
	if (!span_cut(rest, '/', &first, &member))
		first = rest;
	if (first.len == 0)
		return cli_usage(m->c, "%s", d->detail);
	return cli_usage(m->c, "--%s: %s", member_option(m->c, arena_z(m->c->mem, first)), d->detail);
}

static int make(struct making *m, struct span *payload)
{
	const size_t room = STATEMENT_MAX + 4096;
	struct writer w = writer_over(arena_take(m->c->mem, room), room);
	struct jcs j = jcs_free_order(&w);
	struct diag d = { .detail = "" };

	jcs_object(&j);
	put_envelope(m, &j);
	if (!put_body(m, &j))
		return EXIT_USAGE;
	jcs_end_object(&j);
	*payload = writer_span(&w);
	if (w.overflow)
		return cli_usage(m->c, "larger than a statement may be (%d KiB)", STATEMENT_MAX / 1024);
	if (statement_payload(*payload, m->c->mem, &m->cmd, &d) != OK)
		return tell_fault(m, &d);
	if (!statement_seal(&m->cmd, &m->k.key, m->c->mem))
		return cli_fail(m->c, EXIT_REFUSED, "the statement cannot be signed with this key");
	return EXIT_GOOD;
}

/* --- the answer --- */

static void put_result(struct cli *c, const struct command *cmd, const struct http_answer *a)
{
	struct writer w = writer_over(arena_take(c->mem, a->body.len + 4096), a->body.len + 4096);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_member_z(&j, "type", statement_info(cmd->kind)->type);
	jcs_member_z(&j, "object", uuid_text(c, cmd->object));
	jcs_member_z(&j, "id", uuid_text(c, cmd->id));
	jcs_member_z(&j, "statement_hash", hash_text(c, cmd->statement));
	jcs_member_i64(&j, "status", a->status);
	if (a->json) {
		jcs_name(&j, a->status < 300 ? "receipt" : "problem");
		jcs_raw(&j, a->body);
	}
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
}

static int keep_receipt(struct cli *c, const struct http_answer *a)
{
	const char *out = cli_opt(c, "out");
	struct span r = out && a->json ? receipt_only(c, a->body) : S("");

	if (r.len == 0)
		return EXIT_GOOD;
	r = span_z(cli_text(c, "%.*s\n", (int)r.len, r.at));
	return cli_write(c, out, r, false) ? EXIT_GOOD : EXIT_USAGE;
}

static void tell_accepted(struct cli *c, const struct command *cmd, const struct http_answer *a)
{
	fprintf(c->out, "%saccepted%s: %s, entry %lld%s\n  object     %s\n  statement  %s\n", ink(c, GREEN),
	        ink(c, PLAIN), statement_info(cmd->kind)->type, (long long)json_i64(a->body, "/seq", -1),
	        a->status == 200 ? " (it was accepted before: the first receipt)" : "", uuid_text(c, cmd->object),
	        hash_text(c, cmd->statement));
	if (json_true(a->body, "/pending"))
		fprintf(c->out,
		        "%spending%s: above the signer's limit; another officer signs `counterfoil statement cosign "
		        "--statement %s --object %s`\n",
		        ink(c, YELLOW), ink(c, PLAIN), hash_text(c, cmd->statement), uuid_text(c, cmd->object));
}

/* An answer without a good receipt is no answer: the registry could still deny the entry. */
static int check_receipt(struct cli *c, const struct command *cmd, const struct http_answer *a)
{
	struct checkpoint at;
	struct receipt r;
	struct vkey key;
	const char *why;

	if (!cli_opt(c, "vkey") || !a->json || a->status >= 300)
		return EXIT_GOOD;
	if (!vkey_of(c, cli_opt(c, "vkey"), &key))
		return EXIT_USAGE;
	if (receipt_good(c, receipt_only(c, a->body), cmd->bytes, &key, &r, &at, &why))
		return EXIT_GOOD;
	return cli_fail(c, EXIT_REFUSED,
	                "the registry answered %ld, and its receipt is not good: %s\n  Keep both: this is evidence.",
	                a->status, why);
}

static int submit(struct client *k, const struct command *cmd)
{
	struct cli *c = k->c;
	struct http_answer a;
	int rc = client_send(k, "/v1/statements", "application/jose", cmd->bytes, &a), kept;

	if (rc != EXIT_GOOD)
		return rc;
	put_result(c, cmd, &a);
	kept = keep_receipt(c, &a);
	if (kept == EXIT_GOOD)
		kept = check_receipt(c, cmd, &a);
	if (kept != EXIT_GOOD)
		return kept;
	if (a.status >= 300 || !a.json)
		return client_problem(k, &a);
	if (!c->json)
		tell_accepted(c, cmd, &a);
	return kept;
}

/* --- the generic command --- */

/* The key's party has an id from now on. */
static int write_parties(struct making *m)
{
	struct cli *c = m->c;

	for (size_t i = 0; i < c->n_opts; i++) {
		const char *path = c->opt[i].value;
		size_t len = strlen(path);

		if (strcmp(c->opt[i].name, "jwk") != 0)
			continue;
		if (len > 4 && strcmp(path + len - 4, ".jwk") == 0)
			len -= 4;
		if (!cli_write(c, cli_text(c, "%.*s.party", (int)len, path), span_z(cli_text(c, "%s\n", m->object)),
		               false))
			return EXIT_USAGE;
	}
	return EXIT_GOOD;
}

static int dry_run(struct making *m, struct span payload)
{
	struct writer w = cli_writer(m->c);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_name(&j, "payload");
	jcs_raw(&j, payload);
	jcs_member_span(&j, "jws", m->cmd.bytes);
	jcs_end_object(&j);
	cli_answer(m->c, writer_span(&w));
	if (!m->c->json)
		fprintf(m->c->out, "%.*s\n\n%.*s\n", (int)payload.len, payload.at, (int)m->cmd.bytes.len,
		        m->cmd.bytes.at);
	return EXIT_GOOD;
}

static int write_statement(struct making *m)
{
	const char *path = cli_opt(m->c, "statement-out");

	if (!path)
		return EXIT_GOOD;
	return cli_write(m->c, path, span_z(cli_text(m->c, "%.*s\n", (int)m->cmd.bytes.len, m->cmd.bytes.at)), false)
	               ? EXIT_GOOD
	               : EXIT_USAGE;
}

static int run(struct making *m)
{
	struct span payload;
	int rc = client_key(&m->k);

	if (rc == EXIT_GOOD)
		rc = fill(m);
	if (rc == EXIT_GOOD)
		rc = need_object(m);
	if (rc == EXIT_GOOD)
		rc = find_prev(m);
	if (rc == EXIT_GOOD)
		rc = make(m, &payload);
	if (rc == EXIT_GOOD)
		rc = write_statement(m);
	if (rc != EXIT_GOOD)
		return rc;
	if (cli_on(m->c, "dry-run"))
		return dry_run(m, payload);
	rc = submit(&m->k, &m->cmd);
	return rc == EXIT_GOOD && m->s->kind == ST_PARTY_ENROL ? write_parties(m) : rc;
}

int cmd_statement(struct cli *c)
{
	struct making m = { .c = c, .s = c->statement };
	int rc;

	assert(c->statement->n_fields <= FIELDS_MAX);
	rc = client_open(c, &m.k);
	if (rc == EXIT_GOOD)
		rc = run(&m);
	client_close(&m.k);
	return rc;
}

/* --- statement ... --- */

int cmd_statement_types(struct cli *c)
{
	size_t n;
	const struct statement_info *s = statement_rows(&n);
	struct writer w = cli_writer(c);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_name(&j, "types");
	jcs_array(&j);
	for (size_t i = 0; i < n; i++)
		jcs_z(&j, s[i].type);
	jcs_end_array(&j);
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
	for (size_t i = 0; i < n && !c->json; i++) {
		fprintf(c->out, "%s%-26s%s", ink(c, BOLD), s[i].type, ink(c, PLAIN));
		for (size_t k = 0; k < s[i].n_fields; k++)
			fprintf(c->out, " %s%s", s[i].fields[k].member, s[i].fields[k].need ? "" : "?");
		fputc('\n', c->out);
	}
	return EXIT_GOOD;
}

int cmd_statement_schema(struct cli *c)
{
	struct writer w = cli_writer(c);

	put_statement_schema(&w);
	struct span text = writer_span(&w);
	c->answer = text;
	fprintf(c->out, "%.*s\n", (int)text.len, text.at);
	return EXIT_GOOD;
}

int cmd_statement_sign(struct cli *c)
{
	struct client k;
	struct command cmd;
	struct diag d = { .detail = "" };
	struct span payload;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD)
		rc = client_key(&k);
	if (rc == EXIT_GOOD && !cli_file(c, c->arg[0], STATEMENT_MAX, &payload))
		rc = EXIT_USAGE;
	if (rc == EXIT_GOOD && statement_payload(payload, c->mem, &cmd, &d) != OK)
		rc = cli_usage(c, "%s: %s", d.pointer, d.detail);
	if (rc == EXIT_GOOD && !statement_seal(&cmd, &k.key, c->mem))
		rc = cli_fail(c, EXIT_REFUSED, "the statement cannot be signed with this key");
	if (rc == EXIT_GOOD)
		fprintf(c->out, "%.*s\n", (int)cmd.bytes.len, cmd.bytes.at);
	client_close(&k);
	return rc;
}

int cmd_statement_submit(struct cli *c)
{
	struct client k;
	struct command cmd = { .kind = ST_NONE };
	struct sealed sealed;
	struct diag d = { .detail = "" };
	struct span text;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD && !cli_file(c, c->arg[0], STATEMENT_COMPACT_MAX + 2, &text))
		rc = EXIT_USAGE;
	if (rc == EXIT_GOOD && (statement_split(without_end(text), c->mem, &sealed, &d) != OK ||
	                        statement_parse(&sealed, c->mem, &cmd, &d) != OK))
		rc = cli_usage(c, "not a statement: %s %s", d.pointer, d.detail);
	if (rc == EXIT_GOOD)
		rc = submit(&k, &cmd);
	client_close(&k);
	return rc;
}

/* Counts the lines that went wrong; each line is told as it came, to machines and people alike. */
static int tell_batch(struct cli *c, struct span body)
{
	struct span line, rest = body;
	size_t n = 0, bad = 0;

	while (rest.len > 0) {
		if (!span_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest.len = 0;
		}
		if (line.len == 0)
			continue;
		n++;
		bad += !json_good(line) || json_i64(line, "/status", 500) >= 300;
		if (c->json)
			fprintf(c->out, "%.*s\n", (int)line.len, line.at);
		else if (!json_good(line) || json_i64(line, "/status", 500) >= 300)
			fprintf(c->out, "line %lld: %s: %s\n", (long long)json_i64(line, "/line", 0),
			        json_z(line, "/problem/code", c->mem), json_z(line, "/problem/detail", c->mem));
	}
	if (!c->json)
		fprintf(c->out, "%zu accepted, %zu refused\n", n - bad, bad);
	return bad ? EXIT_REFUSED : EXIT_GOOD;
}

int cmd_statement_batch(struct cli *c)
{
	struct client k;
	struct http_answer a;
	struct span text;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD && !cli_file(c, c->arg[0], BATCH_MAX, &text))
		rc = EXIT_USAGE;
	if (rc == EXIT_GOOD)
		rc = client_send(&k, "/v1/statements/batch", "application/x-ndjson", text, &a);
	if (rc == EXIT_GOOD)
		rc = a.status == 200 ? tell_batch(c, a.body) : client_problem(&k, &a);
	client_close(&k);
	return rc;
}

static const struct option_row client_options[] = { CLIENT_OPTIONS };
static const struct option_row submit_options[] = {
	{ "out", "FILE", "where the receipt is written" },
	{ "vkey", "VKEY|FILE", "verify the receipt against this key of the log before believing it" },
	CLIENT_OPTIONS,
};
static const struct option_row none[] = { { "help", NULL, "this text" } };
static const struct command_row rows[] = {
	COMMAND("statement", "types", "", 0, 0, "every type of statement and its fields", NULL, none,
	        cmd_statement_types),
	COMMAND("statement", "schema", "", 0, 0, "the JSON Schema of all statements", NULL, none, cmd_statement_schema),
	COMMAND("statement", "sign", "FILE|-", 1, 1, "sign a payload (JSON); prints the JWS", NULL, client_options,
	        cmd_statement_sign),
	COMMAND("statement", "submit", "FILE|-", 1, 1, "submit a signed statement (JWS)", NULL, submit_options,
	        cmd_statement_submit),
	COMMAND("statement", "batch", "FILE|-", 1, 1, "submit statements, one JWS a line", NULL, client_options,
	        cmd_statement_batch),
};
const struct command_group statement_commands = { rows, ARRAY_LEN(rows) };
