/* SPDX-License-Identifier: Apache-2.0 */
/* pending.c: see pending.h. */
#include "service/pending.h"

#include "intake/statement.h"

static enum fault statement_bytes(struct store *store, const struct pending *p, const struct new_entry *entry, size_t n,
                                  struct arena *mem, struct span *ret)
{
	uint64_t seq = (uint64_t)p->seq;

	for (size_t i = 0; i < n; i++) {
		if (!hash_eq(entry[i].statement_hash, p->statement))
			continue;
		*ret = entry[i].statement;
		return OK;
	}
	return store_statements(store, &seq, 1, mem, ret);
}

enum fault pending_attach(struct store *store, const struct world *w, struct ticket *t, const struct new_entry *entry,
                          size_t n, struct arena *mem)
{
	const struct row *r;
	struct sealed sealed;
	struct span bytes;
	struct diag d;
	enum fault f;

	if (t->cmd.kind != ST_STATEMENT_COSIGN || t->cmd.completes)
		return OK;
	r = world_find(w, TABLE_PENDING, key_hash(t->cmd.body.cosign.statement));
	if (!r || !r->exists)
		return OK;
	f = statement_bytes(store, (const struct pending *)(const void *)r, entry, n, mem, &bytes);
	if (f != OK)
		return f;
	if (statement_split(bytes, mem, &sealed, &d) != OK || statement_parse(&sealed, mem, &t->inner, &d) != OK)
		return E_INTERNAL; /* it was accepted once: what is stored is not what was signed */
	t->cmd.completes = &t->inner;
	return OK;
}
