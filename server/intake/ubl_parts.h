/* SPDX-License-Identifier: Apache-2.0 */
/* ubl_parts.h: what several kinds of UBL document are made of. Private to the UBL readers. */
#ifndef CF_INTAKE_UBL_PARTS_H
#define CF_INTAKE_UBL_PARTS_H

#include "intake/fill.h"

/* clang-format off */
#define UBL_XSD "urn:oasis:names:specification:ubl:schema:xsd:"
#define UBL_MAP(root, finish) \
	{ root, { S_INIT(UBL_XSD "CommonAggregateComponents-2"), S_INIT(UBL_XSD "CommonBasicComponents-2") }, \
	  "currencyID", finish }
#define UBL_FORMAT(name, map)                                                                                        \
	static void *name##_begin(struct draft *d, struct span ns) { return fill_begin(d, &(map), ns); }             \
	const struct doc_format name = { FILL_LISTENER, name##_begin, fill_finish, NULL, NULL }
/* clang-format on */

/* in struct doc_party, the second one with the Party inside */
extern const struct slot ubl_party[], ubl_trading_party[];
/* in struct doc_allowance, struct tax_total, struct doc_ref, struct doc_package */
extern const struct slot ubl_allowance[], ubl_tax_total[], ubl_reference[], ubl_package[];
/* in struct doc_line: Item, Price, a period, a reference to an order line (in struct doc_ref) */
extern const struct slot ubl_item[], ubl_price[], ubl_line_period[], ubl_order_line[];
/* in struct filled: totals, delivery, contract */
extern const struct slot ubl_totals[], ubl_delivery[], ubl_payment_means[];

#define P(field) offsetof(struct doc_party, field)
#define L(field) offsetof(struct doc_line, field)
#define R(field) offsetof(struct doc_ref, field)
#define D(field) offsetof(struct filled, doc.field)

extern const struct slot_attr ubl_unit[];

/* What every end has in common: names, first references, first account. */
void ubl_finish(struct draft *d, struct filled *f);
#endif
