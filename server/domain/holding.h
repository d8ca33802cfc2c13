/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holding.h: goods under receipts, as the rules about them share them. Inside the rules.
 *
 * Everything here asks for all its rows before it touches one, so that a statement about sixteen lots costs as many
 * rounds of loading as one about a single lot.
 */
#ifndef CF_HOLDING_H
#define CF_HOLDING_H

#include "deciding.h"
#include "goods.h"

/* --- serial numbers (serial.c) --- */
void serials_hint(struct deciding *g, struct span prefix, int64_t first, int64_t last);
/* E_SERIAL_OVERLAP when one of them is taken. */
enum fault serials_take(struct deciding *g, struct span prefix, int64_t first, int64_t last, const char *pointer);
/* The range must be taken, as a part of one that was taken at once. */
enum fault serials_free(struct deciding *g, struct span prefix, int64_t first, int64_t last);
enum fault serial_taken(struct deciding *g, struct span prefix, int64_t number, bool *ret);

/* --- a receipt with what it stands for (holding.c) --- */
struct holding {
	const struct asset *a;
	const struct warehouse_receipt *r;
	size_t n; /* shares it has or had; share[i] is number i + 1 */
	const struct share *share[LOTS_MAX];
	const struct lot *lot[LOTS_MAX];
};
/* Once it is there, asks for all else that moving it will need: its holder, a hold, what binds it. */
void movement_hint(struct deciding *g, const struct holding *h);
/* The asset must exist and be a receipt. */
enum fault get_holding(struct deciding *g, struct uuid id, const char *pointer, struct holding *ret);
/* The receipt the statement is about. */
enum fault the_holding(struct deciding *g, struct holding *ret);
/* The place of lot `number` among the shares; refused unless the receipt stands for some of it. */
enum fault need_lot(struct deciding *g, const struct holding *h, int64_t number, const char *pointer, size_t *ret);
/* The holder's order that waits for the warehouse, or ORDER_NONE: one whose time is over counts as gone. */
enum receipt_order live_order(const struct deciding *g, const struct warehouse_receipt *r);
enum fault need_no_order(struct deciding *g, const struct warehouse_receipt *r);
bool is_inspector(const struct site *s, struct uuid party);
/* The actor is an inspector of the receipt's site, and neither its operator nor the holder. */
enum fault need_inspector(struct deciding *g, const struct holding *h);

/* No share of it has goods left, as this statement leaves it. */
bool holding_empty(struct deciding *g, const struct holding *h);

/* Part of a share. */
struct taken {
	int64_t quantity, pieces, value, serial_first, serial_last;
};
/* Takes part of share i out of it: quantity > 0; all pieces go with all goods. The asset is the caller's to lower. */
enum fault take_part(struct deciding *g, const struct holding *h, size_t i, int64_t quantity, int64_t pieces,
                     const char *pointer, struct taken *ret);
/* Asks for all that release_goods will need, for share i, or for all shares when i is h->n. */
enum fault goods_ready(struct deciding *g, const struct holding *h, size_t i);
/* What was taken is no longer under any receipt: lot, place, serial numbers and the site's sum follow; with `gone`
 * it has left the site too. */
enum fault release_goods(struct deciding *g, const struct holding *h, size_t i, const struct taken *t, bool gone);
/* A new share of a lot for the receipt; `number` is one more than it has. */
enum fault add_share(struct deciding *g, struct uuid receipt, int64_t number, struct uuid lot, const struct taken *t);
/* The number of a receipt is taken once for each warehouse; a hold placed on it before is the asset's now. */
enum fault take_number(struct deciding *g, struct asset *a, const struct party *warehouse, const char *pointer);
struct fp16 place_of(struct deciding *g, struct uuid site, struct span zone, struct span bin);
struct fp16 batch_of(struct deciding *g, struct span goods, struct span batch);
struct fp16 receipt_number(struct deciding *g, struct span warehouse, struct span number);
struct uuid goods_at(struct uuid site, struct span goods); /* key of the site's row for these goods */
/* The site's row for these goods, or NULL. Ids made of ids are short enough that somebody could look for two that
 * meet: whatever has such a key is asked whose it is. */
enum fault get_goods_at(struct deciding *g, struct uuid site, struct span goods, const struct site_goods **ret);
/* E_OBJECT_EXISTS when the row that is to be made is there. */
enum fault need_new(struct deciding *g, enum table_id t, struct uuid id);
#endif
