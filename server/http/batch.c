/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.c: POST /v1/statements/batch, one JWS per line, one JSON line for each.
 *
 * The answer is streamed: libmicrohttpd asks for more of it, and each time we
 * hand some further lines to the sequencer and write what has come back, in
 * order. Up to BATCH_LINES_WAITING lines are with the sequencer at once, each
 * in a slot with a slab of its own; so an import of any length uses the same
 * memory, and a client that reads slowly slows itself down.
 *
 *     slots:  [first] done   -> written into `out`, slot free again
 *             [..]    waiting with the sequencer
 *             [next]  free   -> the next line of the body
 *
 * When the first slot is not done the connection is suspended; the thread that
 * completes exactly this slot resumes it (`awaited`). The client may leave at
 * any time: the body, the slots and the request stay until the last ticket has
 * come back, because each holds a reference to the request.
 */
#include "http/handlers.h"
#include "http/statements.h"
#include "jcs.h"

struct batch;
struct slot {
	struct batch *of;
	struct arena mem;      /* of the line's ticket; mem.base NULL when there is none */
	struct ticket *ticket; /* NULL when there was no memory for the line */
	enum fault fault;      /* of a line that never became a ticket's business */
	uint64_t line;
	atomic_bool done;
};

struct batch {
	struct request *q;
	struct span left; /* of the body */
	uint64_t line;
	unsigned first, used; /* slots in use, a ring */
	struct slot slot[BATCH_LINES_WAITING];
	struct slot *_Atomic awaited; /* by the suspended connection; NULL when it is not suspended */
	char *out;                    /* lines written and not yet taken */
	size_t out_at, out_len, out_cap;
};

#define OUT_CAP ((size_t)32 * 1024) /* one receipt with its checkpoint is at most some 12 KB */

static struct slot *head(struct batch *b) { return &b->slot[b->first]; }

/* Lines may end in CR LF; empty ones are no statements. */
static bool next_line(struct batch *b, struct span *ret)
{
	while (b->left.len) {
		if (!span_cut(b->left, '\n', ret, &b->left)) {
			*ret = b->left;
			b->left.len = 0;
		}
		b->line++;
		if (ret->len && ret->at[ret->len - 1] == '\r')
			ret->len--;
		if (ret->len)
			return true;
	}
	return false;
}

static void line_done(struct ticket *t)
{
	struct slot *s = t->arg, *awaited = s;
	struct batch *b = s->of;
	struct request *q = b->q;
	struct http *h = q->http;

	atomic_store(&s->done, true);
	if (atomic_compare_exchange_strong(&b->awaited, &awaited, NULL))
		MHD_resume_connection(q->mhd);
	request_drop(q);
	request_paid(h);
}

static void submit(struct batch *b, struct slot *s)
{
	struct request *q = b->q;

	s->ticket->done = line_done;
	s->ticket->arg = s;
	request_hold(q);
	request_owed(q->http);
	if (service_submit(q->http->service, s->ticket))
		return;
	request_paid(q->http);
	request_drop(q);
	s->fault = E_BUSY;
	atomic_store(&s->done, true);
}

static void free_slot(struct batch *b, struct slot *s)
{
	if (s->mem.base)
		slab_give(&b->q->http->slabs, &s->mem);
	s->mem.base = NULL;
}

/* One more line into a slot. False when there is no line, or no memory for it while others can still come back. */
static bool start_line(struct batch *b)
{
	struct slot *s = &b->slot[(b->first + b->used) % BATCH_LINES_WAITING];
	struct slabs *slabs = &b->q->http->slabs;
	struct span line;
	struct arena mem = { .base = NULL };

	if (b->used == BATCH_LINES_WAITING || !b->left.len || (!slab_take(slabs, &mem) && b->used))
		return false;
	bool any = next_line(b, &line);
	*s = (struct slot){ .of = b, .mem = mem, .line = b->line, .fault = E_BUSY };
	if (!any) {
		free_slot(b, s);
		return false;
	}
	b->used++;
	if (mem.base)
		s->ticket = ARENA_NEW(&s->mem, struct ticket);
	if (s->ticket)
		s->fault = line.len > b->q->http->conf.statement_max ? E_TOO_BIG
		                                                     : statement_take(b->q, line, &s->mem, s->ticket);
	if (s->fault == OK)
		submit(b, s);
	else
		atomic_store(&s->done, true);
	return true;
}

static void put_line(struct writer *w, const struct slot *s)
{
	enum fault f = s->fault != OK ? s->fault : s->ticket->result;
	int status = f == OK ? ticket_status(s->ticket) : fault_info(f)->http;

	put_z(w, "{\"line\":");
	put_u64(w, s->line);
	put_z(w, ",\"status\":");
	put_i64(w, status);
	put_z(w, f == OK ? ",\"receipt\":" : ",\"problem\":");
	if (f == OK)
		put_ticket(w, s->ticket);
	else
		put_problem(w, f, s->ticket ? &s->ticket->diag : NULL, "", s->fault == OK ? s->ticket : NULL);
	put_z(w, "}\n");
}

/* Writes the lines that are done, in order, as long as there is room. */
static void write_done(struct batch *b)
{
	while (b->used && atomic_load(&head(b)->done)) {
		struct writer w = writer_over(b->out + b->out_len, b->out_cap - b->out_len);
		put_line(&w, head(b));
		assert(!w.overflow || b->out_len); /* OUT_CAP holds any one line */
		if (w.overflow)
			return;
		b->out_len += w.len;
		free_slot(b, head(b));
		b->first = (b->first + 1) % BATCH_LINES_WAITING;
		b->used--;
	}
}

/* Suspends until the first slot is done; the same agreement as request_sleep(). */
static void await(struct batch *b)
{
	struct slot *first = head(b), *mine = first;

	conn_phase(b->q->conn, PHASE_WORK);
	MHD_suspend_connection(b->q->mhd);
	atomic_store(&b->awaited, first);
	if (atomic_load(&first->done) && atomic_compare_exchange_strong(&b->awaited, &mine, NULL))
		MHD_resume_connection(b->q->mhd);
}

/* Lets the thread's other connections have their turn. A reader that returns nothing without having been suspended
 * would be asked again at once, or never. */
static void give_way(struct batch *b)
{
	MHD_suspend_connection(b->q->mhd);
	MHD_resume_connection(b->q->mhd);
}

static ssize_t take_out(struct batch *b, char *to, size_t max)
{
	size_t n = b->out_len - b->out_at;

	n = n < max ? n : max;
	memcpy(to, b->out + b->out_at, n);
	b->out_at += n;
	if (b->out_at == b->out_len)
		b->out_at = b->out_len = 0;
	return (ssize_t)n;
}

static ssize_t batch_read(void *arg, uint64_t pos, char *to, size_t max)
{
	struct batch *b = arg;

	(void)pos;
	if (b->out_at == b->out_len)
		for (unsigned i = 0; i < BATCH_LINES_A_TURN && start_line(b); i++)
			;
	write_done(b);
	if (b->out_at < b->out_len) {
		ssize_t n = take_out(b, to, max);
		conn_phase(b->q->conn, PHASE_SEND);
		return n;
	}
	if (b->used == 0 && !b->left.len)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (b->used == BATCH_LINES_WAITING || !b->left.len)
		await(b);
	else
		give_way(b);
	return 0;
}

/* The client has everything, or is gone. What is still with the sequencer keeps its slab until it comes back. */
static void batch_end(void *arg)
{
	struct batch *b = arg;

	request_drop(b->q);
}

static void batch_free_slots(void *arg)
{
	struct batch *b = arg;

	for (unsigned i = 0; i < BATCH_LINES_WAITING; i++)
		free_slot(b, &b->slot[i]);
}

struct reply batch_post(struct request *q)
{
	struct batch *b = ARENA_NEW(&q->mem, struct batch);

	b->q = q;
	b->left = q->body;
	b->out_cap = OUT_CAP;
	b->out = arena_take(&q->mem, OUT_CAP);
	if (!arena_ok(&q->mem))
		return reply_fault(q, E_BUSY);
	q->work = b;
	q->at_end = batch_free_slots;
	request_hold(q);
	return reply_stream(q, "application/x-ndjson", batch_read, batch_end, b);
}
