/* SPDX-License-Identifier: Apache-2.0 */
/* trade_in.c: see trade_in.h. */
#include "service/trade_in.h"

#include "intake/authenticity.h"
#include "intake/trade_paper.h"

static bool third_party(uint16_t kind)
{
	return kind == DOC_DCSA_BILL_OF_LADING || kind == DOC_UBL_WAYBILL || kind == DOC_UBL_WEIGHT_STATEMENT ||
	       kind == DOC_CAMT_052 || kind == DOC_CAMT_053 || kind == DOC_CAMT_054;
}

bool trade_signed(uint16_t kind, int32_t level, struct uuid anchor)
{
	return level >= DOC_L2 && (!third_party(kind) || !uuid_is_nil(anchor));
}

static struct span number_of(struct span identifier)
{
	struct span scheme, number;

	return span_cut(identifier, ':', &scheme, &number) ? number : S("");
}

struct uuid trade_anchor(const struct document *d)
{
	static const struct uuid nil;
	struct uuid id;

	return d->level >= DOC_L2 && uuid_parse(d->signature.anchor_id, &id) ? id : nil;
}

void trade_in(const struct document *d, struct uuid bringer, struct span identifier, struct span fp_key,
              struct arena *mem, struct trade_record *ret)
{
	const struct uuid anchor = trade_anchor(d);
	struct span number = number_of(identifier);
	struct fp16 *keys = NULL;
	struct writer w;
	struct paper p;

	*ret = (struct trade_record){ .sha256 = d->sha256 };
	if (trade_paper(d, mem, &p) != OK)
		return;
	p.vouched = trade_signed(p.kind, p.level, anchor);
	if (!trade_keys(&p, number, fp_key, mem, &keys, &ret->n_keys))
		return;
	ret->role = p.role;
	ret->level = p.level;
	ret->anchor = anchor;
	ret->is_signed = d->signature.present;
	ret->keys = keys;
	ret->bringer = bringer;
	ret->identifier = number;
	ret->issuer = number.len > 0 && !third_party(p.kind) && document_issued_by(d, number);
	ret->named = number.len > 0 && document_names(d, number);
	ret->listened = p.vouched || ret->issuer || ret->named || (p.role == PAPER_PAYMENT && number.len > 0);
	w = writer_in(mem);
	put_trade_wire(&w, &p);
	ret->words = writer_done(&w, mem);
}
