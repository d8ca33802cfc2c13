/* SPDX-License-Identifier: Apache-2.0 */
/* log_verify_store.c: PostgreSQL as the rows log_verify_rows goes through. */
#include "service/log_verify.h"

static enum fault head(void *from, struct head *ret) { return store_head(from, ret); }

static enum fault entries(void *from, uint64_t at, size_t max, struct arena *mem, struct stored_entry **ret, size_t *n)
{
	return store_entries(from, at, max, mem, ret, n);
}

static enum fault checkpoint(void *from, uint64_t size, struct arena *mem, uint64_t *at, struct span *note)
{
	return store_checkpoint_get(from, size, mem, at, note);
}

enum log_verdict log_verify_store(struct store *s, const struct log_verify_conf *conf, struct log_report *ret)
{
	const struct log_rows rows = { .from = s, .head = head, .entries = entries, .checkpoint = checkpoint };

	return log_verify_rows(&rows, conf, ret);
}
