/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_show.c: looking at the registry: one object, a list, a history. Every
 * command is a row: the path it asks and the columns it shows.
 */
#include "client.h"
#include "json_at.h"
#include "receipt_file.h"
#include "show.h"

enum { COLUMNS_MAX = 8 };
struct view {
	const char *noun, *verb, *path;    /* %s: the id given */
	struct column column[COLUMNS_MAX]; /* none: one object */
};

#define HISTORY_COLUMNS                                                                                         \
	{ "entry", "/seq", 7 }, { "at", "/accepted_at", 28 }, { "type", "/type", 24 }, { "by", "/issuer", 36 }, \
	{                                                                                                       \
		"refused as", "/fault", 0                                                                       \
	}

#define PAPER_COLUMNS                                                                                                \
	{                                                                                                            \
		{ "id", "/id", 36 }, { "state", "/state", 10 }, { "open", "/open", 18 }, { "due", "/due_date", 10 }, \
			{ "layer", "/layer", 5 }, { "holder", "/holder", 0 },                                        \
	}
static const struct view view[] = {
	{ "party", "show", "/v1/parties/%s", { { NULL, NULL, 0 } } },
	{ "party",
	  "claims",
	  "/v1/parties/%s/claims",
	  { { "claim", "/id", 36 },
	    { "state", "/state", 11 },
	    { "number", "/invoice/number", 16 },
	    { "open", "/open", 18 },
	    { "free", "/free", 18 },
	    { "due", "/due_date", 0 } } },
	{ "party",
	  "keys",
	  "/v1/parties/%s/keys",
	  { { "kid", "/kid", 43 },
	    { "alg", "/alg", 8 },
	    { "live", "/live", 5 },
	    { "from", "/from_seq", 6 },
	    { "until", "/until_seq", 6 },
	    { "officer", "/officer", 0 } } },
	{ "receivable", "show", "/v1/receivables/%s", { { NULL, NULL, 0 } } },
	{ "receivable",
	  "list",
	  "/v1/receivables",
	  { { "receivable", "/id", 36 },
	    { "state", "/state", 11 },
	    { "number", "/invoice/number", 16 },
	    { "face", "/face", 18 },
	    { "free", "/free", 18 },
	    { "due", "/due_date", 0 } } },
	{ "receivable", "history", "/v1/assets/%s/history", { HISTORY_COLUMNS } },
	{ "inventory", "show", "/v1/inventories/%s", { { NULL, NULL, 0 } } },
	{ "inventory",
	  "list",
	  "/v1/inventories",
	  { { "inventory", "/id", 36 },
	    { "state", "/state", 13 },
	    { "commodity", "/commodity", 16 },
	    { "counted", "/counted/quantity", 14 },
	    { "value", "/value", 18 },
	    { "bound", "/encumbered", 0 } } },
	{ "inventory", "history", "/v1/assets/%s/history", { HISTORY_COLUMNS } },
	{ "prepayment", "show", "/v1/prepayments/%s", { { NULL, NULL, 0 } } },
	{ "prepayment",
	  "list",
	  "/v1/prepayments",
	  { { "prepayment", "/id", 36 },
	    { "state", "/state", 9 },
	    { "order", "/order", 16 },
	    { "advanced", "/advanced", 18 },
	    { "owed", "/owed", 18 },
	    { "ship by", "/ship_by", 0 } } },
	{ "prepayment", "history", "/v1/assets/%s/history", { HISTORY_COLUMNS } },
	{ "anchor", "show", "/v1/anchors/%s", { { NULL, NULL, 0 } } },
	{ "anchor",
	  "list",
	  "/v1/anchors",
	  { { "anchor", "/id", 36 },
	    { "profile", "/profile", 17 },
	    { "purpose", "/purpose", 14 },
	    { "country", "/country", 7 },
	    { "in force", "/in_force", 8 },
	    { "until", "/valid_until", 20 },
	    { "name", "/name", 0 } } },
	{ "price", "show", "/v1/prices/%s", { { NULL, NULL, 0 } } },
	{ "price",
	  "list",
	  "/v1/prices",
	  { { "feed", "/id", 36 },
	    { "commodity", "/commodity", 20 },
	    { "goods", "/goods", 12 },
	    { "price", "/price", 18 },
	    { "made", "/made", 0 } } },
	{ "warehouse-receipt", "show", "/v1/warehouse-receipts/%s", { { NULL, NULL, 0 } } },
	{ "warehouse-receipt",
	  "list",
	  "/v1/warehouse-receipts",
	  { { "receipt", "/id", 36 },
	    { "state", "/state", 13 },
	    { "number", "/number", 16 },
	    { "open", "/open", 18 },
	    { "free", "/free", 18 },
	    { "until", "/storage_until", 0 } } },
	{ "warehouse-receipt", "history", "/v1/assets/%s/history", { HISTORY_COLUMNS } },
	{ "site", "show", "/v1/sites/%s", { { NULL, NULL, 0 } } },
	{ "site",
	  "list",
	  "/v1/sites",
	  { { "site", "/id", 36 },
	    { "name", "/name", 24 },
	    { "warehouse", "/warehouse", 36 },
	    { "licensed until", "/licensed_until", 0 } } },
	{ "receivable",
	  "history",
	  "/v1/assets/%s/history",
	  { { "entry", "/seq", 7 },
	    { "at", "/accepted_at", 28 },
	    { "type", "/type", 24 },
	    { "by", "/issuer", 36 },
	    { "refused as", "/fault", 0 } } },
	{ "voucher", "show", "/v1/vouchers/%s", { { NULL, NULL, 0 } } },
	{ "voucher", "chain", "/v1/vouchers/%s/chain", { { NULL, NULL, 0 } } },
	{ "voucher", "list", "/v1/vouchers", PAPER_COLUMNS },
	{ "bill", "show", "/v1/bills/%s", { { NULL, NULL, 0 } } },
	{ "bill", "chain", "/v1/bills/%s/chain", { { NULL, NULL, 0 } } },
	{ "bill", "list", "/v1/bills", PAPER_COLUMNS },
	{ "pool", "show", "/v1/pools/%s", { { NULL, NULL, 0 } } },
	{ "pool",
	  "list",
	  "/v1/pools",
	  { { "pool", "/id", 36 },
	    { "state", "/state", 10 },
	    { "members", "/members", 7 },
	    { "total", "/total", 18 },
	    { "open", "/open", 18 },
	    { "name", "/name", 0 } } },
	{ "obligor",
	  "list",
	  "/v1/obligors",
	  { { "party", "/id", 36 },
	    { "suspended until", "/suspended_until", 15 },
	    { "barred until", "/barred_until", 12 },
	    { "bills", "/overdue_bills", 5 },
	    { "vouchers", "/unpaid_vouchers", 0 } } },
	{ "encumbrance", "show", "/v1/encumbrances/%s", { { NULL, NULL, 0 } } },
	{ "encumbrance",
	  "list",
	  "/v1/encumbrances",
	  { { "encumbrance", "/id", 36 },
	    { "asset", "/asset", 36 },
	    { "kind", "/kind", 10 },
	    { "state", "/state", 9 },
	    { "rank", "/rank", 4 },
	    { "open", "/open", 0 } } },
	{ "party", "score", "/v1/parties/%s/score", { { NULL, NULL, 0 } } },
	{ "receivable", "assessment", "/v1/receivables/%s/assessment", { { NULL, NULL, 0 } } },
	{ "score",
	  "history",
	  "/v1/parties/%s/score/history",
	  { { "entry", "/seq", 10 },
	    { "at", "/at", 27 },
	    { "score", "/score", 5 },
	    { "grade", "/grade", 5 },
	    { "confidence", "/confidence", 10 },
	    { "model", "/model", 0 } } },
	{ "warning", "show", "/v1/warnings/%s", { { NULL, NULL, 0 } } },
	{ "warning",
	  "list",
	  "/v1/warnings",
	  { { "warning", "/id", 36 },
	    { "event", "/event", 5 },
	    { "severity", "/severity", 8 },
	    { "state", "/state", 7 },
	    { "name", "/name", 18 },
	    { "until", "/until", 20 },
	    { "detail", "/detail", 0 } } },
	{ "warning",
	  "events",
	  "/v1/warning-events",
	  { { "id", "/id", 4 },
	    { "about", "/about", 9 },
	    { "severity", "/severity", 8 },
	    { "name", "/name", 20 },
	    { "threshold", "/threshold", 10 },
	    { "unit", "/unit", 0 } } },
	{ "audit",
	  "warnings",
	  "/v1/audit/warnings",
	  { { "warning", "/id", 36 },
	    { "event", "/event", 5 },
	    { "severity", "/severity", 8 },
	    { "state", "/state", 7 },
	    { "name", "/name", 18 },
	    { "until", "/until", 20 },
	    { "detail", "/detail", 0 } } },
	{ "network", "exposure", "/v1/network/exposure/%s", { { NULL, NULL, 0 } } },
	{ "audit", "exposure", "/v1/audit/network/exposure/%s", { { NULL, NULL, 0 } } },
	{ "network",
	  "contagion",
	  "/v1/network/contagion/%s",
	  { { "debtor", "/party", 36 },
	    { "stress ppm", "/stress_ppm", 10 },
	    { "exposure", "/exposure", 20 },
	    { "loss", "/loss", 0 } } },
	{ "network",
	  "tiers",
	  "/v1/network/tiers/%s",
	  { { "party", "/party", 36 },
	    { "tier", "/tier", 4 },
	    { "share ppm", "/share_ppm", 9 },
	    { "to", "/supplies", 0 } } },
	{ "network",
	  "sources",
	  "/v1/network/sources",
	  { { "debtor", "/buyer", 36 },
	    { "goods", "/goods", 12 },
	    { "share ppm", "/share_ppm", 9 },
	    { "supplier", "/supplier", 0 } } },
	{ "network",
	  "regions",
	  "/v1/network/regions",
	  { { "region", "/region", 8 },
	    { "goods", "/goods", 12 },
	    { "held", "/held", 24 },
	    { "debtors", "/debtors", 0 } } },
	{ "audit",
	  "contagion",
	  "/v1/audit/network/contagion/%s",
	  { { "party", "/party", 36 },
	    { "stress ppm", "/stress_ppm", 10 },
	    { "loss", "/loss", 20 },
	    { "through", "/through", 0 } } },
	{ "audit",
	  "tiers",
	  "/v1/audit/network/tiers/%s",
	  { { "party", "/party", 36 },
	    { "tier", "/tier", 4 },
	    { "share ppm", "/share_ppm", 9 },
	    { "to", "/supplies", 0 } } },
	{ "audit",
	  "sources",
	  "/v1/audit/network/sources",
	  { { "buyer", "/buyer", 36 },
	    { "goods", "/goods", 12 },
	    { "share ppm", "/share_ppm", 9 },
	    { "supplier", "/supplier", 0 } } },
	{ "audit",
	  "flows",
	  "/v1/audit/network/regions",
	  { { "from", "/from", 8 },
	    { "to", "/to", 8 },
	    { "goods", "/goods", 12 },
	    { "sold", "/sold", 24 },
	    { "sellers", "/sellers", 0 } } },
	{ "score",
	  "appeals",
	  "/v1/appeals",
	  { { "appeal", "/id", 36 },
	    { "state", "/state", 9 },
	    { "input", "/input", 8 },
	    { "by", "/appellant", 36 },
	    { "entered by", "/entered_by", 0 } } },
	{ "finding", "show", "/v1/findings/%s", { { NULL, NULL, 0 } } },
	{ "finding",
	  "list",
	  "/v1/findings",
	  { { "finding", "/id", 36 },
	    { "signal", "/signal", 6 },
	    { "severity", "/severity", 8 },
	    { "state", "/state", 9 },
	    { "name", "/name", 20 },
	    { "at", "/at_seq", 0 } } },
	{ "signal",
	  "list",
	  "/v1/signals",
	  { { "id", "/id", 4 },
	    { "severity", "/severity", 8 },
	    { "strength", "/strength", 8 },
	    { "name", "/name", 24 },
	    { "threshold", "/threshold", 10 },
	    { "unit", "/unit", 0 } } },
	{ "consent", "show", "/v1/consents/%s", { { NULL, NULL, 0 } } },
	{ "consent",
	  "list",
	  "/v1/consents",
	  { { "consent", "/id", 36 },
	    { "state", "/state", 9 },
	    { "subject", "/subject", 36 },
	    { "reader", "/reader", 36 },
	    { "for", "/purpose", 11 },
	    { "until", "/until", 0 } } },
	{ "objection", "show", "/v1/objections/%s", { { NULL, NULL, 0 } } },
	{ "objection",
	  "list",
	  "/v1/objections",
	  { { "objection", "/id", 36 },
	    { "state", "/state", 9 },
	    { "code", "/code", 4 },
	    { "asset", "/asset", 36 },
	    { "answer by", "/answer_by", 10 },
	    { "file by", "/file_by", 0 } } },
	{ "commitment",
	  "list",
	  "/v1/commitments",
	  { { "supplier", "/supplier", 36 },
	    { "month", "/month", 7 },
	    { "total", "/total", 18 },
	    { "registered", "/registered", 18 },
	    { "above", "/above", 0 } } },
	{ "hold",
	  "list",
	  "/v1/holds",
	  { { "hold", "/id", 36 },
	    { "asset", "/asset", 36 },
	    { "state", "/state", 9 },
	    { "until", "/until", 21 },
	    { "purpose", "/purpose", 0 } } },
	{ "alert",
	  "list",
	  "/v1/alerts",
	  { { "number", "/number", 12 },
	    { "at", "/at", 28 },
	    { "how bad", "/severity", 7 },
	    { "what", "/code", 20 },
	    { "asset", "/asset", 36 },
	    { "seen", "/acknowledged/at", 0 } } },
	{ "webhook",
	  "list",
	  "/v1/webhooks",
	  { { "webhook", "/id", 36 },
	    { "state", "/state", 10 },
	    { "failures", "/failures", 8 },
	    { "code", "/code", 20 },
	    { "url", "/url", 0 } } },
	{ "webhook",
	  "deliveries",
	  "/v1/webhooks/%s/deliveries",
	  { { "alert", "/alert", 12 },
	    { "state", "/state", 9 },
	    { "tries", "/attempts", 5 },
	    { "status", "/status", 6 },
	    { "tried", "/tried_at", 28 },
	    { "why", "/why", 0 } } },
	{ "entry", "show", "/v1/entries/%s", { { NULL, NULL, 0 } } },
	{ "entry", "receipt", "/v1/entries/%s/receipt", { { NULL, NULL, 0 } } },
};

static const struct view *view_of(const struct cli *c)
{
	for (size_t i = 0; i < ARRAY_LEN(view); i++)
		if (strcmp(view[i].noun, c->noun) == 0 && strcmp(view[i].verb, c->verb) == 0)
			return &view[i];
	assert(false);
	return view;
}

static bool is_list(const struct view *v) { return v->column[0].title != NULL; }

static const char *known_or_null(const struct cli *c, const char *name)
{
	for (size_t i = 0; i < c->known.n; i++)
		if (strcmp(c->known.at[i].name, name) == 0)
			return cli_opt(c, name);
	return NULL;
}

/* The id goes into a path: a uuid or a number can do no harm there. */
static const char *path_of(struct cli *c, const struct view *v)
{
	const char *stem = strstr(v->path, "%s"), *path = v->path;
	/* --party says who asks, not what is asked about */
	static const char *const query[] = { "limit", "cursor", "state",     "asset",     "open",   "month", "about",
		                             "event", "claim",  "warehouse", "commodity", "region", "since" };
	char sep = '?';

	if (stem && strcmp(c->noun, "entry") == 0 && strspn(c->arg[0], "0123456789") != strlen(c->arg[0])) {
		cli_usage(c, "an entry is named by its number, not %s", c->arg[0]);
		return NULL;
	}
	if (stem && strcmp(c->noun, "entry") != 0 && !cli_uuid(c, c->arg[0]))
		return NULL;
	if (stem)
		path = cli_text(c, "%.*s%s%s", (int)(stem - v->path), v->path, c->arg[0], stem + 2);
	for (size_t i = 0; i < ARRAY_LEN(query) && is_list(v); i++) {
		const char *value = known_or_null(c, query[i]);

		if (!value)
			continue;
		if (strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
		    strlen(value)) {
			cli_usage(c, "--%s: letters, digits and dashes only", query[i]);
			return NULL;
		}
		path = cli_text(c, "%s%c%s=%s", path, sep, strcmp(query[i], "about") == 0 ? "party" : query[i], value);
		sep = '&';
	}
	return path;
}

static void tell(struct cli *c, const struct view *v, struct span body)
{
	struct span items;
	size_t n = 0;

	while (n < COLUMNS_MAX && v->column[n].title)
		n++;
	if (n == 0) {
		show_fields(c, body, 0);
	} else if (json_at(body, "/items", &items)) {
		show_table(c, items, v->column, n);
		if (*json_z(body, "/next", c->mem))
			fprintf(c->out, "%smore: --cursor %s%s\n", ink(c, DIM), json_z(body, "/next", c->mem),
			        ink(c, PLAIN));
	}
}

/* Every entry's receipt against the log's key, here: the server's word for it is not taken. */
static int verify_history(struct cli *c, struct client *k, struct span body)
{
	struct checkpoint at;
	struct receipt r;
	struct vkey key;
	struct span items, name, item;
	struct json_walk w;
	const char *why;
	size_t n = 0, good = 0;
	int rc = vkey_asked(c, k, &key);

	if (rc != EXIT_GOOD || !json_at(body, "/items", &items))
		return rc;
	w = json_walk(items);
	while (json_next(&w, &name, &item)) {
		bool ok = receipt_good(c, receipt_only(c, item), span_z(json_z(item, "/statement", c->mem)), &key, &r,
		                       &at, &why);

		n++;
		good += ok;
		if (!ok)
			cli_fail(c, EXIT_REFUSED, "entry %s: %s", json_z(item, "/seq", c->mem), why);
	}
	if (!c->json)
		fprintf(c->out, "%s%zu of %zu receipts verified offline%s\n", ink(c, good == n ? GREEN : RED), good, n,
		        ink(c, PLAIN));
	return good == n ? EXIT_GOOD : EXIT_REFUSED;
}

/* What anybody may read is asked for without a token when there is no key. */
static bool has_token(const struct cli *c, const struct client *k)
{
	return (strcmp(c->noun, "entry") != 0 && strcmp(c->noun, "anchor") != 0) || k->has_key;
}

static int certificate(struct client *k, const char *path, struct http_answer *a)
{
	int rc = client_post(k, cli_text(k->c, "%s/certificate", path), true, "application/json", S(""), a);

	return rc == EXIT_GOOD && (a->status != 200 || !a->json) ? client_problem(k, a) : rc;
}

static int cmd_view(struct cli *c)
{
	const struct view *v = view_of(c);
	const char *path = path_of(c, v);
	struct client k;
	struct http_answer a;
	int rc;

	if (!path)
		return EXIT_USAGE;
	rc = client_open(c, &k);
	if (rc == EXIT_GOOD)
		rc = known_or_null(c, "certificate") ? certificate(&k, path, &a)
		                                     : client_ask(&k, path, has_token(c, &k), &a);
	if (rc == EXIT_GOOD) {
		cli_answer(c, a.body);
		if (!c->json)
			tell(c, v, a.body);
		if (known_or_null(c, "verify"))
			rc = verify_history(c, &k, a.body);
		if (known_or_null(c, "out") && !cli_write(c, known_or_null(c, "out"), a.body, false))
			rc = EXIT_REFUSED;
	}
	client_close(&k);
	return rc;
}

#define PAGE_OPTIONS \
	{ "limit", "N", "rows (50, at most 200)" }, { "cursor", "CURSOR", "the next page: \"next\" of the page before" }
static const struct option_row client_options[] = { CLIENT_OPTIONS };
static const struct option_row page_options[] = { PAGE_OPTIONS, CLIENT_OPTIONS };
static const struct option_row history_options[] = {
	{ "verify", NULL, "verify every entry's receipt, with the statement it is for" },
	{ "vkey", "VKEY|FILE", "the log's verifier key, for --verify; else the server is asked, and believed" },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row receivable_options[] = {
	{ "state", "WORD", "such as registered, confirmed, active, advanced" },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row warehouse_options[] = {
	{ "state", "WORD", "issued, part-released, delivered, ..." },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row paper_options[] = {
	{ "state", "WORD", "held, offered, ..." },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row encumbrance_options[] = {
	{ "asset", "UUID", "of this asset only" },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row score_options[] = {
	{ "out", "FILE", "where the answer is written, for score verify" },
	{ "certificate", NULL, "with an entry of the log in which the registry certifies the score" },
	CLIENT_OPTIONS,
};
static const struct option_row flow_options[] = {
	{ "month", "YYYY-MM", "of the invoices" },
	CLIENT_OPTIONS,
};
static const struct option_row appeal_options[] = {
	{ "about", "UUID", "about this party's score" },
	{ "open", "yes", "those nobody has decided" },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row warning_options[] = {
	{ "event", "ID", "of this event, such as E05" },
	{ "claim", "UUID", "about this claim, or about who owes or holds it" },
	{ "about", "UUID", "about this party" },
	{ "warehouse", "UUID", "about this site" },
	{ "commodity", "NAME", "about these goods" },
	{ "region", "CODE", "about this region" },
	{ "open", "yes|no", "that stand, or that are over" },
	{ "since", "DAY", "raised on this day or later" },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row finding_options[] = {
	{ "asset", "UUID", "on this asset" },
	{ "about", "UUID", "on this party" },
	{ "open", "yes", "those nobody has reviewed" },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct option_row alert_options[] = {
	{ "open", "yes|no", "yes: not acknowledged yet; no: acknowledged" },
	PAGE_OPTIONS,
	CLIENT_OPTIONS,
};
static const struct command_row rows[] = {
	COMMAND("party", "show", "UUID", 1, 1, "a party", NULL, client_options, cmd_view),
	COMMAND("party", "claims", "UUID", 1, 1, "every claim that names the party", NULL, page_options, cmd_view),
	COMMAND("party", "keys", "UUID", 1, 1, "its keys and since when they are valid", NULL, client_options,
	        cmd_view),
	COMMAND("receivable", "show", "UUID", 1, 1, "a receivable", NULL, client_options, cmd_view),
	COMMAND("receivable", "list", "", 0, 0, "receivables you may see", NULL, receivable_options, cmd_view),
	COMMAND("receivable", "history", "UUID", 1, 1, "every entry about it", NULL, history_options, cmd_view),
	COMMAND("inventory", "show", "UUID", 1, 1, "a pledge of stock: count, value, lines", NULL, client_options,
	        cmd_view),
	COMMAND("inventory", "list", "", 0, 0, "pledges of stock you may see", NULL, receivable_options, cmd_view),
	COMMAND("inventory", "history", "UUID", 1, 1, "every entry about it", NULL, history_options, cmd_view),
	COMMAND("prepayment", "show", "UUID", 1, 1, "a prepayment", NULL, client_options, cmd_view),
	COMMAND("prepayment", "list", "", 0, 0, "prepayments you may see", NULL, receivable_options, cmd_view),
	COMMAND("prepayment", "history", "UUID", 1, 1, "every entry about it", NULL, history_options, cmd_view),
	COMMAND("anchor", "show", "UUID", 1, 1, "a trust anchor", NULL, client_options, cmd_view),
	COMMAND("anchor", "list", "", 0, 0, "under whose certificates documents' signatures count; no key is needed",
	        "  counterfoil anchor list --json >anchors.json\n"
	        "  counterfoil document verify --anchors anchors.json FILE...   (offline)",
	        client_options, cmd_view),
	COMMAND("price", "show", "UUID", 1, 1, "a price feed and its latest price", NULL, client_options, cmd_view),
	COMMAND("price", "list", "", 0, 0, "the price feeds", NULL, page_options, cmd_view),
	COMMAND("warehouse-receipt", "show", "UUID", 1, 1, "a warehouse receipt and its lots", NULL, client_options,
	        cmd_view),
	COMMAND("warehouse-receipt", "list", "", 0, 0, "warehouse receipts you may see", NULL, warehouse_options,
	        cmd_view),
	COMMAND("warehouse-receipt", "history", "UUID", 1, 1, "every entry about it", NULL, history_options, cmd_view),
	COMMAND("site", "show", "UUID", 1, 1, "a site, its capacities and counts", NULL, client_options, cmd_view),
	COMMAND("site", "list", "", 0, 0, "where goods lie", NULL, page_options, cmd_view),
	COMMAND("voucher", "show", "UUID", 1, 1, "a voucher", NULL, client_options, cmd_view),
	COMMAND("voucher", "chain", "UUID", 1, 1, "every step from its issue to its holder", NULL, client_options,
	        cmd_view),
	COMMAND("voucher", "list", "", 0, 0, "vouchers you may see", NULL, paper_options, cmd_view),
	COMMAND("bill", "show", "UUID", 1, 1, "a supply-chain bill", NULL, client_options, cmd_view),
	COMMAND("bill", "chain", "UUID", 1, 1, "every step from its issue to its holder", NULL, client_options,
	        cmd_view),
	COMMAND("bill", "list", "", 0, 0, "bills you may see", NULL, paper_options, cmd_view),
	COMMAND("pool", "show", "UUID", 1, 1, "a pool", NULL, client_options, cmd_view),
	COMMAND("pool", "list", "", 0, 0, "pools you may see", NULL, page_options, cmd_view),
	COMMAND("obligor", "list", "", 0, 0, "who has been suspended for not paying", NULL, client_options, cmd_view),
	COMMAND("encumbrance", "show", "UUID", 1, 1, "an encumbrance", NULL, client_options, cmd_view),
	COMMAND("encumbrance", "list", "", 0, 0, "encumbrances you may see", NULL, encumbrance_options, cmd_view),
	COMMAND("party", "score", "UUID", 1, 1, "how it pays and is paid: points, grade, reasons", NULL, score_options,
	        cmd_view),
	COMMAND("receivable", "assessment", "UUID", 1, 1, "its score: authenticity, points, grade, reasons", NULL,
	        score_options, cmd_view),
	COMMAND("score", "history", "PARTY", 1, 1, "how the score of a party went, week by week", NULL, client_options,
	        cmd_view),
	COMMAND("warning", "show", "UUID", 1, 1, "an early warning: what was measured, and the entries that prove it",
	        NULL, client_options, cmd_view),
	COMMAND("warning", "list", "", 0, 0, "trouble coming to what you hold, or to yourself",
	        "  counterfoil warning list --open yes --key bank.jwk", warning_options, cmd_view),
	COMMAND("warning", "events", "", 0, 0, "every event early warning looks for", NULL, client_options, cmd_view),
	COMMAND("audit", "warnings", "", 0, 0, "all early warnings (regulator)", NULL, warning_options, cmd_view),
	COMMAND("network", "exposure", "UUID", 1, 1, "what of your book hangs on this party", NULL, client_options,
	        cmd_view),
	COMMAND("audit", "exposure", "PARTY", 1, 1, "what of all that is owed hangs on a party (regulator)", NULL,
	        client_options, cmd_view),
	COMMAND("network", "contagion", "UUID", 1, 1, "what you would lose if this party of your book stops paying",
	        NULL, client_options, cmd_view),
	COMMAND("network", "tiers", "UUID", 1, 1, "where your book's parties stand in the supply of an anchor", NULL,
	        client_options, cmd_view),
	COMMAND("network", "sources", "", 0, 0, "which of your debtors hang on one supplier", NULL, client_options,
	        cmd_view),
	COMMAND("network", "regions", "", 0, 0, "where your money is, by region and class of goods", NULL,
	        client_options, cmd_view),
	COMMAND("audit", "contagion", "PARTY", 1, 1, "who is hurt if a party stops paying (regulator)", NULL,
	        client_options, cmd_view),
	COMMAND("audit", "tiers", "PARTY", 1, 1, "an anchor's suppliers, their suppliers, and so on (regulator)", NULL,
	        client_options, cmd_view),
	COMMAND("audit", "sources", "", 0, 0, "who buys a class of goods from one supplier alone (regulator)", NULL,
	        client_options, cmd_view),
	COMMAND("audit", "flows", "", 0, 0, "what was sold in a month between regions (regulator)",
	        "  counterfoil audit flows --month 2026-11 --key regulator.jwk", flow_options, cmd_view),
	COMMAND("score", "appeals", "", 0, 0, "appeals against what a score rests on, and what came of them", NULL,
	        appeal_options, cmd_view),
	COMMAND("finding", "show", "UUID", 1, 1, "what was measured, and the entries that prove it", NULL,
	        client_options, cmd_view),
	COMMAND("finding", "list", "", 0, 0, "what detection found against what you may see", NULL, finding_options,
	        cmd_view),
	COMMAND("signal", "list", "", 0, 0, "every signal detection looks for", NULL, client_options, cmd_view),
	COMMAND("consent", "show", "UUID", 1, 1, "a consent", NULL, client_options, cmd_view),
	COMMAND("consent", "list", "", 0, 0, "what you let others read of you, and they let you read", NULL,
	        page_options, cmd_view),
	COMMAND("objection", "show", "UUID", 1, 1, "an objection", NULL, client_options, cmd_view),
	COMMAND("objection", "list", "", 0, 0, "objections you placed, answer, or whose asset you hold", NULL,
	        encumbrance_options, cmd_view),
	COMMAND("commitment", "list", "", 0, 0, "what debtors signed they will owe, beside what is registered", NULL,
	        page_options, cmd_view),
	COMMAND("hold", "list", "", 0, 0, "your holds", NULL, page_options, cmd_view),
	COMMAND("alert", "list", "", 0, 0, "what you were told of, newest first", NULL, alert_options, cmd_view),
	COMMAND("webhook", "list", "", 0, 0, "where your alerts are sent", NULL, page_options, cmd_view),
	COMMAND("webhook", "deliveries", "UUID", 1, 1, "what was sent there and how it was answered", NULL,
	        page_options, cmd_view),
	COMMAND("entry", "show", "SEQ", 1, 1, "an entry of the log", NULL, client_options, cmd_view),
	COMMAND("entry", "receipt", "SEQ", 1, 1, "its receipt", NULL, client_options, cmd_view),
};
const struct command_group show_commands = { rows, ARRAY_LEN(rows) };
