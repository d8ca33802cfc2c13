/* SPDX-License-Identifier: Apache-2.0 */
/* import_dry.c: see import_dry.h. */
#include "import_dry.h"

#include "intake/statement.h"
#include "run/clock.h"
#include "run/memory.h"
#include "service/pending.h"

enum { CHUNK = 512, ROUNDS = 6 };
#define WORLD_MEM ((size_t)32 << 30) /* address space */
#define CHUNK_MEM ((size_t)64 << 20)

struct judged {
	struct import_line line;
	struct ticket ticket; /* for its command */
	struct sealed sealed;
	struct span problem; /* JSON; empty while nothing speaks against it */
	bool read, verified;
};
struct dry {
	struct import_file *f;
	struct store *store; /* NULL: forms only */
	struct world world;
	struct arena world_mem, scratch, mem; /* mem: of a chunk */
	struct span fp_key, origin;
	struct moment now;
	uint64_t seq; /* the place the next entry would have */
	struct decision d;
	struct want want[CHUNK * WANTS_MAX];
	struct judged row[CHUNK];
	struct import_dry *ret;
	FILE *to;
};

static void refuse(struct dry *y, struct judged *r, enum fault f, const struct diag *d)
{
	struct writer w = writer_in(&y->mem);

	put_local_problem(&w, f, d);
	r->problem = writer_done(&w, &y->mem);
}

static bool add_rule(void *arg, const struct row *r) { return world_put(arg, r) != NULL; }

/* --- a row --- */

static enum decide_status judge(struct dry *y, struct judged *r)
{
	const struct registry g = { &y->world, y->now, y->seq, y->fp_key, y->origin, NULL };

	arena_reset(&y->scratch);
	return decide(&g, &r->ticket.cmd, &y->scratch, &y->d);
}

/* The signature, once the key is in the world; an unknown key is for decide() to name. */
static void verify(struct dry *y, struct judged *r)
{
	const struct row *row = world_find(&y->world, TABLE_KEY, key_hash(r->ticket.cmd.kid));
	const struct party_key *k = (const struct party_key *)(const void *)row;
	struct pubkey pub = { .alg = ALG_ED25519 };
	struct diag d = { .detail = "" };
	enum fault f;

	r->verified = true;
	if (!row || !row->exists)
		return;
	pub.alg = (enum alg)k->alg;
	memcpy(pub.raw, k->pub_x.b, sizeof k->pub_x.b);
	memcpy(pub.raw + sizeof k->pub_x.b, k->pub_y.b, sizeof k->pub_y.b);
	f = statement_verify(&r->sealed, &pub, &d);
	if (f != OK)
		refuse(y, r, f, &d);
}

static enum fault settle(struct dry *y, struct judged *r)
{
	enum fault f = OK;

	for (int i = 0; i < ROUNDS && f == OK; i++) {
		f = pending_attach(y->store, &y->world, &r->ticket, NULL, 0, &y->mem);
		if (f != OK || judge(y, r) == DECIDED)
			break;
		f = store_load(y->store, &y->world, y->d.want, y->d.n_wants);
	}
	if (f != OK)
		return f;
	verify(y, r);
	if (r->problem.len > 0)
		return OK;
	if (y->d.outcome != OK)
		refuse(y, r, y->d.outcome, &y->d.diag);
	y->seq += y->d.outcome == OK || fault_info(y->d.outcome)->logged;
	return y->d.outcome != OK || decision_apply(&y->world, &y->d) ? OK : E_TOO_BIG;
}

/* --- a chunk --- */

static size_t read_chunk(struct dry *y, size_t *at, uint64_t *row)
{
	size_t n = 0;

	arena_reset(&y->mem);
	while (n < CHUNK && y->mem.used < CHUNK_MEM / 2) {
		struct judged *r = &y->row[n];

		memset(r, 0, offsetof(struct judged, ticket) + offsetof(struct ticket, note));
		r->problem = S("");
		r->verified = false;
		if (!import_next(y->f, at, row, &r->line))
			break;
		n++;
		r->read = import_read(r->line.text, &y->mem, &r->ticket.cmd, &r->problem);
		if (r->read) {
			struct diag d;

			if (statement_split(r->line.text, &y->mem, &r->sealed, &d) != OK)
				r->read = false; /* was split a moment ago */
		}
	}
	return n;
}

/* Everything the rows of the chunk ask for, as deep as they can ask before the rows before them are decided. */
static enum fault load_chunk(struct dry *y, size_t n)
{
	enum fault f = OK;

	for (int i = 0; i < ROUNDS && f == OK; i++) {
		size_t wants = 0;

		for (size_t k = 0; k < n; k++) {
			if (!y->row[k].read || y->row[k].ticket.cmd.kind == ST_STATEMENT_COSIGN ||
			    judge(y, &y->row[k]) != DECIDE_WANTS)
				continue;
			memcpy(y->want + wants, y->d.want, y->d.n_wants * sizeof *y->want);
			wants += y->d.n_wants;
		}
		if (wants == 0)
			return OK;
		f = store_load(y->store, &y->world, y->want, wants);
	}
	return f;
}

/* Which rows the registry has already. */
static enum fault find_repeats(struct dry *y, size_t n, bool repeated[CHUNK])
{
	struct submission sub[CHUNK];
	enum fault f;

	for (size_t k = 0; k < n; k++) {
		const struct row *key =
			y->row[k].read ? world_find(&y->world, TABLE_KEY, key_hash(y->row[k].ticket.cmd.kid)) : NULL;

		sub[k] = (struct submission){ .id = y->row[k].ticket.cmd.id };
		if (key && key->exists)
			sub[k].issuer = ((const struct party_key *)(const void *)key)->party;
	}
	f = store_submissions(y->store, sub, n);
	for (size_t k = 0; f == OK && k < n; k++) {
		struct diag d = { .detail = "" };

		repeated[k] = sub[k].found && hash_eq(sub[k].statement, y->row[k].ticket.cmd.statement);
		if (sub[k].found && !repeated[k])
			refuse(y, &y->row[k], E_ID_CONFLICT, &d);
	}
	return f;
}

static void tell(struct dry *y, const struct judged *r)
{
	fprintf(y->to, "{\"row\":%llu,\"problem\":%.*s}\n", (unsigned long long)r->line.row, (int)r->problem.len,
	        r->problem.at);
}

static enum fault judge_chunk(struct dry *y, size_t n)
{
	bool repeated[CHUNK] = { false };
	enum fault f = y->store ? load_chunk(y, n) : OK;

	if (f == OK && y->store && n > 0)
		f = find_repeats(y, n, repeated);
	for (size_t k = 0; k < n && f == OK; k++) {
		struct judged *r = &y->row[k];

		if (y->store && r->read && !repeated[k] && r->problem.len == 0)
			f = settle(y, r);
		if (r->problem.len > 0)
			tell(y, r);
		y->ret->refused += r->problem.len > 0;
		y->ret->repeated += repeated[k];
		y->ret->accepted += r->problem.len == 0 && !repeated[k];
	}
	return f;
}

/* --- the file --- */

static int start(struct dry *y)
{
	struct head h;

	if (!arena_map(&y->mem, CHUNK_MEM) || !arena_map(&y->scratch, 2 * DECIDE_MEM) ||
	    !arena_map(&y->world_mem, WORLD_MEM) || !world_start(&y->world, &y->world_mem, 1 << 16, false))
		return cli_fail(y->f->c, EXIT_REFUSED, "out of memory");
	if (!y->store)
		return EXIT_GOOD;
	if (store_head(y->store, &h) != OK || store_scan(y->store, TABLE_RULE, add_rule, &y->world) != OK)
		return cli_fail(y->f->c, EXIT_UNREACHABLE, "the database: %s", store_why(y->store));
	y->now = clock_now();
	if (y->now.us < h.accepted_at.us)
		y->now = h.accepted_at;
	y->seq = h.range.size;
	return EXIT_GOOD;
}

int import_dry(struct import_file *f, struct store *store, struct span fp_key, struct span origin, FILE *to,
               struct import_dry *ret)
{
	struct dry *y = calloc(1, sizeof *y);
	uint64_t row = 0;
	size_t at = 0, n;
	int rc;

	if (!y)
		return cli_fail(f->c, EXIT_REFUSED, "out of memory");
	*ret = (struct import_dry){ .rules = store != NULL };
	y->f = f;
	y->store = store;
	y->fp_key = fp_key;
	y->origin = origin;
	y->to = to;
	y->ret = ret;
	rc = start(y);
	while (rc == EXIT_GOOD && (n = read_chunk(y, &at, &row)) > 0) {
		if (judge_chunk(y, n) != OK)
			rc = cli_fail(f->c, EXIT_UNREACHABLE, "the database: %s", store ? store_why(store) : "");
		cli_progress(f->c, "judging, bytes", at, f->text.len);
	}
	arena_unmap(&y->mem);
	arena_unmap(&y->scratch);
	arena_unmap(&y->world_mem);
	free(y);
	return rc;
}
