/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report.c: `counterfoil audit ...`: the regulator's reports, for people, machines and files.
 *
 * A file (--export) holds every row of a report, page by page, as CSV or NDJSON; beside it lies its proof: the entry each
 * page is as of, and the signed checkpoint that covers it. A report is a sum over state, and `counterfoil audit replay`
 * makes that state again from the log.
 */
#include "client.h"
#include "jcs.h"
#include "json_at.h"
#include "show.h"

enum { COLUMNS_MAX = 10, EXPORT_MAX = 64 << 20 };

struct report_row {
	const char *verb, *path;
	bool party, paged;
	unsigned money; /* which columns are, by bit: a file has two for each of them, in every row */
	struct column column[COLUMNS_MAX];
};

/* The order of columns is that of a CSV file, too; money becomes two of them there. */
static const struct report_row reports[] = {
	{ "debtors",
	  "/v1/audit/debtors",
	  false,
	  false,
	  0x7c,
	  { { "debtor", "/debtor", 36 },
	    { "claims", "/claims", 7 },
	    { "face", "/face", 20 },
	    { "confirmed", "/confirmed_face", 20 },
	    { "unconfirmed", "/unconfirmed_face", 20 },
	    { "rejected", "/rejected_face", 18 },
	    { "suspicious", "/suspicious_face", 0 } } },
	{ "regions",
	  "/v1/audit/regions",
	  false,
	  false,
	  0xb8,
	  { { "region", "/region", 7 },
	    { "debtors", "/debtors", 8 },
	    { "claims", "/claims", 7 },
	    { "open", "/open", 20 },
	    { "financed", "/financed", 20 },
	    { "late", "/late", 18 },
	    { "suspicious", "/suspicious", 11 },
	    { "owed", "/owed", 20 },
	    { "largest_ppm", "/largest_ppm", 12 },
	    { "herfindahl_ppm", "/herfindahl_ppm", 0 } } },
	{ "fictitious",
	  "/v1/audit/fictitious/",
	  true,
	  false,
	  0x08,
	  { { "claim", "/id", 36 },
	    { "creditor", "/creditor", 36 },
	    { "state", "/state", 12 },
	    { "face", "/face", 20 },
	    { "entry", "/registered_by", 7 },
	    { "findings", "/findings", 0 } } },
	{ "purchases",
	  "/v1/audit/purchases/",
	  true,
	  false,
	  0x3c,
	  { { "month", "/month", 8 },
	    { "claims", "/claims", 7 },
	    { "face", "/face", 20 },
	    { "confirmed", "/confirmed_face", 20 },
	    { "paid", "/paid", 20 },
	    { "committed", "/committed", 20 },
	    { "above", "/above", 0 } } },
	{ "graph",
	  "/v1/audit/graph/",
	  true,
	  false,
	  0x10,
	  { { "how", "/kind", 11 },
	    { "from", "/from", 36 },
	    { "to", "/to", 36 },
	    { "count", "/count", 6 },
	    { "total", "/total", 20 },
	    { "suspicious", "/suspicious", 0 } } },
	{ "guarantees",
	  "/v1/audit/guarantees",
	  false,
	  false,
	  0x08,
	  { { "guarantor", "/guarantor", 36 },
	    { "acceptor", "/acceptor", 36 },
	    { "bills", "/bills", 6 },
	    { "total", "/total", 0 } } },
	{ "warehouses",
	  "/v1/audit/warehouses",
	  false,
	  true,
	  0,
	  { { "site", "/site", 36 },
	    { "name", "/name", 24 },
	    { "receipts", "/receipts", 9 },
	    { "findings", "/findings", 9 },
	    { "goods", "/goods", 0 } } },
	{ "overdue",
	  "/v1/audit/overdue",
	  false,
	  true,
	  0x10,
	  { { "claim", "/id", 36 },
	    { "debtor", "/debtor", 36 },
	    { "creditor", "/creditor", 36 },
	    { "state", "/state", 10 },
	    { "open", "/open", 20 },
	    { "due", "/due_date", 11 },
	    { "number", "/number", 0 } } },
};

static const struct report_row *report_of(const char *verb)
{
	for (size_t i = 0; i < ARRAY_LEN(reports); i++)
		if (strcmp(reports[i].verb, verb) == 0)
			return &reports[i];
	assert(false);
	return NULL;
}

static size_t columns_of(const struct report_row *r)
{
	size_t n = 0;

	while (n < COLUMNS_MAX && r->column[n].title)
		n++;
	return n;
}

/* The member a report's rows stand in. */
static const char *rows_at(const struct report_row *r)
{
	return strcmp(r->verb, "graph") == 0 ? "/edges" : strcmp(r->verb, "fictitious") == 0 ? "/claims" : "/items";
}

/* --- files --- */

struct export
{
	struct cli *c;
	const struct report_row *of;
	bool csv;
	struct writer w, proof;
	uint64_t rows, pages;
};

/* What a spreadsheet would take for a formula is made text. */
static void put_csv_cell(struct writer *w, struct span text)
{
	bool quote = memchr(text.at, '"', text.len) || memchr(text.at, ',', text.len) ||
	             memchr(text.at, '\n', text.len) || memchr(text.at, '\r', text.len);

	put_z(w, quote ? "\"" : "");
	put_z(w, text.len > 0 && strchr("=+-@\t\r", text.at[0]) ? "'" : "");
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			put_byte(w, '"');
		put_byte(w, text.at[i]);
	}
	put_z(w, quote ? "\"" : "");
}

static void put_csv_head(struct export *x)
{
	for (size_t i = 0; i < columns_of(x->of); i++) {
		put_z(&x->w, i ? "," : "");
		put_z(&x->w, x->of->column[i].title);
		if (x->of->money >> i & 1)
			put_z(&x->w, cli_text(x->c, ",%s_currency", x->of->column[i].title));
	}
	put_z(&x->w, "\r\n");
}

static void put_csv_row(struct export *x, struct span row)
{
	struct span v;

	for (size_t i = 0; i < columns_of(x->of); i++) {
		bool there = json_at(row, x->of->column[i].pointer, &v);

		put_z(&x->w, i ? "," : "");
		if (x->of->money >> i & 1) {
			put_csv_cell(&x->w, there ? span_z(json_z(v, "/amount", x->c->mem)) : S(""));
			put_byte(&x->w, ',');
			put_csv_cell(&x->w, there ? span_z(json_z(v, "/currency", x->c->mem)) : S(""));
		} else if (there) {
			put_csv_cell(&x->w, json_text(v, x->c->mem));
		}
	}
	put_z(&x->w, "\r\n");
}

static void put_ndjson_row(struct export *x, struct span row)
{
	put_span(&x->w, row);
	put_byte(&x->w, '\n');
}

static void put_page(struct export *x, struct span body)
{
	struct span items, row, name, as_of;
	struct json_walk walk;

	if (json_at(body, "/as_of", &as_of)) {
		put_z(&x->proof, x->pages++ ? "," : "");
		put_span(&x->proof, as_of);
	}
	if (!json_at(body, rows_at(x->of), &items))
		return;
	for (walk = json_walk(items); json_next(&walk, &name, &row); x->rows++) {
		if (x->csv)
			put_csv_row(x, row);
		else
			put_ndjson_row(x, row);
	}
}

static int save(struct export *x, const char *file)
{
	struct cli *c = x->c;
	char hex[65] = "";
	struct writer h = writer_over(hex, 64);
	struct hash digest = sha256(writer_span(&x->w));
	struct writer p = cli_writer(c);

	if (x->w.overflow)
		return cli_fail(c, EXIT_REFUSED, "the report is larger than %d MB", EXPORT_MAX >> 20);
	put_hex(&h, digest.b, sizeof digest.b);
	put_z(&p,
	      cli_text(
		      c,
		      "{\"report\":\"%s\",\"rows\":%llu,\"sha256\":\"%s\",\"recompute\":\"counterfoil audit replay folds "
		      "the log up to as_of.seq into the state these rows are sums of\",\"as_of\":[",
		      x->of->verb, (unsigned long long)x->rows, hex));
	put_span(&p, writer_span(&x->proof));
	put_z(&p, "]}");
	if (!cli_write(c, file, writer_span(&x->w), false) ||
	    !cli_write(c, cli_text(c, "%s.proof.json", file), writer_span(&p), false))
		return EXIT_USAGE;
	cli_answer(c, writer_span(&p));
	if (!c->json)
		fprintf(c->out, "%llu rows in %s, their proof in %s.proof.json\n", (unsigned long long)x->rows, file,
		        file);
	return EXIT_GOOD;
}

static int export_all(struct cli *c, struct client *k, const struct report_row *r, const char *path, const char *file)
{
	size_t len = strlen(file);
	struct export x = { .c = c, .of = r, .csv = len > 4 && strcmp(file + len - 4, ".csv") == 0 };
	const char *cursor = "";
	struct http_answer a;
	int rc;

	if (!x.csv && !(len > 7 && strcmp(file + len - 7, ".ndjson") == 0))
		return cli_usage(c, "%s: a name that ends in .csv or .ndjson says what the file shall be", file);
	x.w = writer_over(arena_take(c->mem, EXPORT_MAX), EXPORT_MAX);
	x.proof = writer_over(arena_take(c->mem, 1 << 20), 1 << 20);
	if (x.csv)
		put_csv_head(&x);
	do {
		rc = client_ask(k,
		                r->paged ? cli_text(c, "%s?limit=200%s%s", path, *cursor ? "&cursor=" : "", cursor)
		                         : path,
		                true, &a);
		if (rc != EXIT_GOOD)
			return rc;
		put_page(&x, a.body);
		cursor = r->paged ? json_z(a.body, "/next", c->mem) : "";
	} while (*cursor && strcmp(cursor, "null") != 0);
	return save(&x, file);
}

/* --- for people --- */

static void tell(struct cli *c, const struct report_row *r, struct span body)
{
	struct span rows, sums, v;

	cli_answer(c, body);
	if (c->json)
		return;
	if (json_at(body, "/sums", &sums))
		show_fields(c, sums, 0);
	if (json_at(body, "/purchases", &v))
		fprintf(c->out, "declared purchases %s\n", show_money(c, v, "/declared"));
	if (json_at(body, rows_at(r), &rows))
		show_table(c, rows, r->column, columns_of(r));
	if (json_at(body, "/circles", &v) && json_count(v) > 0)
		fprintf(c->out, "%zu circles of guarantees\n", json_count(v));
	if (json_at(body, "/findings", &v) && json_count(v) > 0)
		fprintf(c->out, "%zu findings: counterfoil finding show ID\n", json_count(v));
	fprintf(c->out, "%sas of entry %lld%s\n", ink(c, DIM), (long long)json_i64(body, "/as_of/seq", 0),
	        ink(c, PLAIN));
}

static int cmd_report(struct cli *c)
{
	const struct report_row *r = report_of(c->verb);
	const char *path = r->path, *file = cli_opt(c, "export"), *cursor = r->paged ? cli_opt(c, "cursor") : NULL;
	struct client k;
	struct http_answer a;
	int rc = r->party && !cli_uuid(c, c->arg[0]) ? EXIT_USAGE : client_open(c, &k);

	if (rc != EXIT_GOOD)
		return rc;
	if (r->party)
		path = cli_text(c, "%s%s%s%s", r->path, c->arg[0], strcmp(c->verb, "graph") == 0 ? "?steps=" : "",
		                strcmp(c->verb, "graph") == 0 ? cli_setting(c, "steps", NULL, "1") : "");
	if (file) {
		rc = export_all(c, &k, r, path, file);
	} else {
		if (r->paged)
			path = cli_text(c, "%s?limit=%s%s%s", path, cli_setting(c, "limit", NULL, "50"),
			                cursor ? "&cursor=" : "", cursor ? cursor : "");
		rc = client_ask(&k, path, true, &a);
		if (rc == EXIT_GOOD)
			tell(c, r, a.body);
	}
	client_close(&k);
	return rc;
}

static int cmd_period(struct cli *c)
{
	const char *quarter = cli_opt(c, "quarter"), *form = cli_setting(c, "format", NULL, "json"),
		   *file = cli_opt(c, "out");
	struct client k;
	struct http_answer a;
	struct span figures;
	static const struct column columns[] = { { "section", "/section", 15 },
		                                 { "what", "/what", 28 },
		                                 { "count", "/count", 8 },
		                                 { "amount", "/amount", 18 },
		                                 { "", "/currency", 0 } };
	int rc = client_open(c, &k);

	if (rc != EXIT_GOOD)
		return rc;
	rc = client_get(&k,
	                cli_text(c, "/v1/audit/period?year=%s%s%s&format=%s", c->arg[0], quarter ? "&quarter=" : "",
	                         quarter ? quarter : "", form),
	                true, &a);
	if (rc == EXIT_GOOD && a.status != 200)
		rc = client_problem(&k, &a);
	client_close(&k);
	if (rc != EXIT_GOOD)
		return rc;
	if (file)
		return cli_write(c, file, a.body, false) ? EXIT_GOOD : EXIT_USAGE;
	if (!a.json) {
		fwrite(a.body.at, 1, a.body.len, c->out);
		return EXIT_GOOD;
	}
	cli_answer(c, a.body);
	if (!c->json && json_at(a.body, "/figures", &figures))
		show_table(c, figures, columns, ARRAY_LEN(columns));
	return EXIT_GOOD;
}

#define EXPORT_OPTION                                                                               \
	{                                                                                           \
		"export", "FILE", "every row into FILE.csv or FILE.ndjson, and its proof beside it" \
	}

static const struct option_row report_options[] = { EXPORT_OPTION, CLIENT_OPTIONS };
static const struct option_row graph_options[] = {
	{ "steps", "N", "how far from the party: 1 (as it stands), 2 or 3" },
	EXPORT_OPTION,
	CLIENT_OPTIONS,
};
static const struct option_row paged_options[] = {
	{ "limit", "N", "rows (50, at most 200)" },
	{ "cursor", "CURSOR", "the next page: \"next\" of the page before" },
	EXPORT_OPTION,
	CLIENT_OPTIONS,
};
static const struct option_row period_options[] = {
	{ "quarter", "N", "1 to 4; else the whole year" },
	{ "format", "FORM", "json, csv or html (a page to print)" },
	{ "out", "FILE", "write it there" },
	CLIENT_OPTIONS,
};
static const struct command_row rows[] = {
	COMMAND("audit", "debtors", "", 0, 0, "debtors, those first against whose claims most speaks (regulator)", NULL,
	        report_options, cmd_report),
	COMMAND("audit", "regions", "", 0, 0,
	        "open claims by the region of their debtors, and how concentrated they are (regulator)", NULL,
	        report_options, cmd_report),
	COMMAND("audit", "fictitious", "PARTY", 1, 1,
	        "what is claimed of a debtor, against what it confirmed, rejected, committed to and buys (regulator)",
	        "  counterfoil audit fictitious 0190...  --key regulator.jwk\n"
	        "  counterfoil audit fictitious 0190...  --key regulator.jwk --export claims.csv",
	        report_options, cmd_report),
	COMMAND("audit", "purchases", "PARTY", 1, 1, "a debtor's claims by month, against its commitments (regulator)",
	        NULL, report_options, cmd_report),
	COMMAND("audit", "graph", "PARTY", 1, 1, "who owes, secures and guarantees whom around a party (regulator)",
	        NULL, graph_options, cmd_report),
	COMMAND("audit", "guarantees", "", 0, 0,
	        "who stands behind whose unpaid bills, and where it goes round (regulator)", NULL, report_options,
	        cmd_report),
	COMMAND("audit", "warehouses", "", 0, 0, "receipts of each site against its capacity and count (regulator)",
	        NULL, paged_options, cmd_report),
	COMMAND("audit", "overdue", "", 0, 0, "claims overdue or in default, and who is listed for it (regulator)",
	        NULL, paged_options, cmd_report),
	COMMAND("audit", "period", "YEAR", 1, 1, "the report of a quarter or a year (regulator)",
	        "  counterfoil audit period 2026 --quarter 4 --key regulator.jwk\n"
	        "  counterfoil audit period 2026 --format html --out 2026.html --key regulator.jwk",
	        period_options, cmd_period),
};
const struct command_group report_commands = { rows, ARRAY_LEN(rows) };
