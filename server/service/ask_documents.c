/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_documents.c: a trade document taken in, judged and kept; and read again.
 *
 * A confined process reads it (parser.h); here the facts the rules need become
 * a row and everything that was found a report. The bytes are the document: the
 * same ones again are the same document, whoever brings them.
 */
#include <stdio.h>

#include "intake/document.h"
#include "run/clock.h"
#include "service/parser.h"
#include "service/reader.h"
#include "service/trade_in.h"
#include "service/trust_now.h"

static struct span hex_text(struct hash h, char text[2 * HASH_LEN])
{
	struct writer w = writer_over(text, 2 * HASH_LEN);

	put_hex(&w, h.b, sizeof h.b);
	return writer_span(&w);
}

struct showing {
	struct reader *r;
	bool found, erased;
};

/* {...report, ...what is in clear}: two objects of JSON as one. */
static bool on_document(void *arg, const struct span *column, size_t n)
{
	enum { CLEAR, CURSOR, ETAG, REPORT, ERASED_BY, COLUMNS };
	struct showing *s = arg;
	struct question *q = s->r->q;
	struct writer w = writer_in(q->mem);
	char text[96] = "";

	assert(n == COLUMNS);
	s->found = true;
	s->erased = !column[REPORT].at;
	if (s->erased) {
		snprintf(text, sizeof text, "what was here is erased, by entry %.*s", (int)column[ERASED_BY].len,
		         column[ERASED_BY].len ? column[ERASED_BY].at : "");
		(void)diag_set(&q->diag, E_ERASED, "", text);
		return false;
	}
	assert(column[REPORT].len > 2 && column[CLEAR].len > 2);
	put_span(&w, (struct span){ column[REPORT].at, column[REPORT].len - 1 });
	put_byte(&w, ',');
	put_span(&w, (struct span){ column[CLEAR].at + 1, column[CLEAR].len - 1 });
	q->answer = writer_done(&w, q->mem);
	s->r->what = "document";
	look_at(s->r, json_uuid(column[CLEAR], "submitter"));
	return false;
}

enum fault ask_document(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct showing s = { .r = r };
	char text[2 * HASH_LEN];
	struct hash h;
	struct span param;
	enum fault f = param_hash_hex(q, 0, "sha256", &h);

	if (f != OK)
		return f;
	param = hex_text(h, text);
	f = store_query(r->conn.store, q->who.party, q->who.roles, "document", &param, 1, on_document, &s);
	if (f != OK)
		return f;
	if (!s.found)
		return E_NOT_FOUND;
	if (s.erased)
		return E_ERASED;
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

/* --- from what a document says to what the rules see --- */

static enum document_role role_of(const struct document *d)
{
	enum doc_family f = document_family(d);

	if (f == FAMILY_INVOICE)
		return DOCUMENT_INVOICE;
	if (f == FAMILY_CREDIT)
		return DOCUMENT_CREDIT_NOTE;
	return DOCUMENT_OPAQUE;
}

/* Whoever shares a bank account is not the same party: accounts identify nobody. */
static struct span id_lines(const struct doc_party *p, struct arena *mem)
{
	struct writer w = writer_in(mem);

	for (uint32_t i = 0; p->present && i < p->ids.n; i++) {
		if (p->ids.at[i].role == ID_ACCOUNT)
			continue;
		if (w.len > 0)
			put_byte(&w, '\n');
		put_span(&w, p->ids.at[i].value);
	}
	return writer_done(&w, mem);
}

static void fill_evidence(const struct document *d, struct arena *mem, struct evidence *e)
{
	row_init(&e->row, TABLE_DOCUMENT, key_hash(d->sha256));
	if (d->payable.present && ccy_digits(span_z(d->payable.ccy)) >= 0)
		memcpy(e->ccy.at, d->payable.ccy, sizeof e->ccy.at);
	e->anchor = trade_anchor(d);
	e->due = d->due_date;
	e->issued = d->issue_date;
	e->issuer_ids = id_lines(&d->seller, mem);
	e->kind = (int32_t)role_of(d);
	e->level = d->level;
	e->number = d->number;
	e->payable = d->payable.present ? d->payable.minor : 0;
	if (d->preceding.n > 0)
		e->preceding = d->preceding.at[0].number;
	e->recipient_ids = id_lines(&d->buyer, mem);
}

/* --- taking one in --- */

struct intake {
	struct arena mem;
	struct document doc;
	struct document_record record;
	struct span identifier; /* of who brings it, as it is enrolled */
};

static bool on_known(void *arg, const struct span *column, size_t n)
{
	(void)column;
	(void)n;
	*(bool *)arg = true;
	return false;
}

/* {"id":..., then all the report says}; findings are always there, empty when there is nothing to find. */
static void put_report(struct writer *w, const struct intake *in)
{
	char text[2 * HASH_LEN];

	put_z(w, "{\"id\":\"");
	put_span(w, hex_text(in->doc.sha256, text));
	put_z(w, "\",");
	if (in->doc.findings.n == 0)
		put_z(w, "\"findings\":[],");
	put_span(w, (struct span){ in->record.report.at + 1, in->record.report.len - 1 });
}

/* A report of ten thousand lines does not fit into an answer. The document is taken in all the same, so that is said. */
static void put_short(struct writer *w, const struct intake *in)
{
	char text[2 * HASH_LEN];
	struct jcs j = jcs_over(w);

	jcs_object(&j);
	jcs_member_span(&j, "id", hex_text(in->doc.sha256, text));
	jcs_member_z(&j, "kind", document_kind_name((enum doc_kind)in->doc.kind));
	jcs_member_z(&j, "level", document_level_name((enum doc_level)in->doc.level));
	jcs_member_bool(&j, "truncated", true);
	jcs_end_object(&j);
}

static enum fault put_answer(struct question *q, const struct intake *in)
{
	struct writer w = writer_in(q->mem);

	put_report(&w, in);
	if (w.overflow) {
		w = writer_in(q->mem);
		put_short(&w, in);
	}
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

static enum fault keep(struct reading *all, const struct intake *in)
{
	struct store *s = conn_store(&all->document_conn);
	enum fault f = s ? store_document_put(s, &in->record) : E_UNAVAILABLE;

	if (f == E_UNAVAILABLE && s && !store_alive(s)) { /* gone stale; the same bytes twice are one document */
		s = conn_store(&all->document_conn);
		f = s ? store_document_put(s, &in->record) : E_UNAVAILABLE;
	}
	return f;
}

static bool on_asker(void *arg, const struct span *column, size_t n)
{
	struct intake *in = arg;

	assert(n == 1);
	in->identifier = arena_copy(&in->mem, column[0]);
	return false;
}

/* What it says to the others of its trade, and whose word that is. */
static enum fault fill_trade(struct reader *r, struct intake *in)
{
	struct question *q = r->q;
	enum fault f = store_query(r->conn.store, q->who.party, q->who.roles, "asker", NULL, 0, on_asker, in);

	if (f == OK)
		trade_in(&in->doc, q->who.party, in->identifier, r->all->conf.fp_key, &in->mem, &in->record.trade);
	return f;
}

static enum fault take_in(struct reader *r, struct intake *in)
{
	struct question *q = r->q;
	struct trust trust;
	struct writer w;
	enum fault f = trust_now(r->conn.store, q->body, &in->mem, &trust);

	if (f == OK)
		f = parser_document_under(r->all->conf.parser, q->body, &trust, &in->mem, &in->doc);
	if (f != OK)
		return f;
	if (!trust_covers(&trust, &in->doc))
		return E_INTERNAL;
	w = writer_in(&in->mem);
	put_document_json(&w, &in->doc);
	in->record.report = writer_done(&w, &in->mem);
	fill_evidence(&in->doc, &in->mem, &in->record.row);
	in->record.bytes = q->body;
	in->record.submitter = q->who.party;
	clock_random(&in->record.random, sizeof in->record.random);
	f = fill_trade(r, in);
	if (f != OK)
		return f;
	if (!arena_ok(&in->mem))
		return E_TOO_BIG;
	f = keep(r->all, in);
	return f == OK ? put_answer(q, in) : f;
}

enum fault ask_document_post(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct reading *all = r->all;
	struct intake in = { .doc = { .kind = DOC_OPAQUE } };
	char text[2 * HASH_LEN], *room;
	struct span id = hex_text(sha256(q->body), text);
	bool known = false;
	enum fault f;

	if (!all->conf.parser)
		return diag_set(&q->diag, E_UNAVAILABLE, "", "no documents are taken here");
	f = store_query(r->conn.store, q->who.party, q->who.roles, "document_known", &id, 1, on_known, &known);
	if (f != OK)
		return f;
	/* As large as the largest document may need, touched only as far as this one does; one at a time. */
	pthread_mutex_lock(&all->document_lock);
	room = malloc(DOCUMENT_ARENA + DOCUMENT_WIRE_MAX);
	in.mem = arena_over(room, room ? DOCUMENT_ARENA + DOCUMENT_WIRE_MAX : 0);
	f = room ? take_in(r, &in) : E_TOO_BIG;
	free(room);
	pthread_mutex_unlock(&all->document_lock);
	q->http = known ? 200 : 201;
	return f;
}
