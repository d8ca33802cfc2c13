/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dcsa.c: DCSA electronic bills of lading, version 3.0: the transport document
 * alone, in a notification, in an issuance request, in a PINT envelope; shipping
 * instructions; endorsement chains; and the answers that are about a bill but
 * carry none.
 *
 * Members this registry does not need are let be: the standard grows. What is
 * read has one type, and an amount is the text it was written in.
 */
#include "intake/json_document.h"

#include "codes.h"
#include "intake/draft_value.h"

/* ---- which message ---- */

enum message { NOTHING, TRANSPORT_DOCUMENT, INSTRUCTIONS, NOTIFICATION, ISSUANCE, ENVELOPE, CHAINS, CHAIN, ANSWER };

static bool has(const struct js *o, const char *name) { return js_member(o, name).v != NULL; }

static enum message message_of(const struct js *top)
{
	size_t n = 0;

	if (js_items(top, &n)) {
		struct js first = n ? js_item(top, 0) : *top;
		return n && has(&first, "endorsementChain") && has(&first, "transportDocumentReference") ? CHAINS
		                                                                                         : NOTHING;
	}
	if (has(top, "specversion") && has(top, "data"))
		return NOTIFICATION;
	if (has(top, "document") && has(top, "issueTo"))
		return ISSUANCE;
	if (has(top, "transportDocument") && has(top, "envelopeManifestSignedContent"))
		return ENVELOPE;
	if (has(top, "transportDocumentTypeCode") && has(top, "consignmentItems"))
		return has(top, "transportDocumentReference") ? TRANSPORT_DOCUMENT : INSTRUCTIONS;
	if (!has(top, "transportDocumentReference") && !has(top, "surrenderRequestReference"))
		return NOTHING;
	if (has(top, "endorsementChain"))
		return CHAIN;
	return has(top, "issuanceResponseCode") || has(top, "surrenderRequestReference") ? ANSWER : NOTHING;
}

bool dcsa_is(const struct js *top) { return message_of(top) != NOTHING; }

/* ---- parties ---- */

static void fill_codes(struct draft *d, const struct js *party, struct doc_party *to)
{
	struct js codes = js_member(party, "identifyingCodes");

	for (size_t i = 0, n = member_items(d, &codes); i < n; i++) {
		struct js code = js_item(&codes, i), at = js_member(&code, "partyCode");
		struct span value = member_key(d, &code, "partyCode"), list = member_text(d, &code, "codeListName");
		struct span provider = member_text(d, &code, "codeListProvider");
		bool lei = span_is(list, "LEI") || span_is(provider, "GLEIF");
		if (lei && !lei_check(value))
			member_tell(d, RULE_LEI, &at, value);
		draft_party_id(d, to, lei ? ID_LEGAL : ID_PARTY, lei ? S("LEI") : list.len ? list : provider, value);
	}
	codes = js_member(party, "taxLegalReferences");
	for (size_t i = 0, n = member_items(d, &codes); i < n; i++) {
		struct js code = js_item(&codes, i);
		draft_party_id(d, to, ID_TAX, member_text(d, &code, "type"), member_text(d, &code, "value"));
	}
}

static void fill_party(struct draft *d, const struct js *parties, const char *name, struct doc_party *to)
{
	struct js party = js_member(parties, name), address = js_member(&party, "address");

	if (!party.v || js_null(&party))
		return;
	to->present = true;
	to->name = member_key(d, &party, "partyName");
	to->address = address.v != NULL || has(&party, "displayedAddress");
	to->country = member_text(d, &address, "countryCode");
	fill_codes(d, &party, to);
}

static void fill_carrier(struct draft *d, const struct js *td)
{
	struct doc_party *c = &d->doc->carrier;
	struct span code = member_key(d, td, "carrierCode");

	if (!code.len)
		return;
	c->present = true;
	draft_party_id(d, c, ID_PARTY, member_text(d, td, "carrierCodeListProvider"), code);
}

/* ---- places ---- */

/* A location by its UN/LOCODE, else by what it is called. */
static struct span place(struct draft *d, const struct js *object, const char *name)
{
	struct js at = js_member(object, name), address = js_member(&at, "address");
	struct span s = member_text(d, &at, "UNLocationCode");

	if (!s.len)
		s = member_text(d, &at, "locationName");
	return s.len ? s : member_text(d, &address, "city");
}

static void fill_transports(struct draft *d, const struct js *td)
{
	struct doc_title *t = &d->doc->title;
	struct js way = js_member(td, "transports"), voyages = js_member(&way, "vesselVoyages");

	t->from = place(d, &way, "portOfLoading");
	t->to = place(d, &way, "portOfDischarge");
	t->place = place(d, td, "placeOfIssue");
	if (member_items(d, &voyages)) {
		struct js first = js_item(&voyages, 0);
		t->vessel = member_text(d, &first, "vesselName");
		t->voyage = member_text(d, &first, "carrierExportVoyageNumber");
	}
}

/* ---- goods ---- */

/* The items of a list of texts, as one. */
static struct span texts(struct draft *d, const struct js *object, const char *name)
{
	struct js list = js_member(object, name);
	size_t n = member_items(d, &list);
	struct writer w;
	struct span s;

	w = writer_in(d->mem);
	for (size_t i = 0; i < n; i++) {
		struct js item = js_item(&list, i);
		if (!js_string(&item, &s))
			continue;
		put_z(&w, w.len ? "; " : "");
		put_span(&w, s);
	}
	return value_clean_copy(d->mem, writer_done(&w, d->mem));
}

static void add_property(struct draft *d, struct doc_properties *to, struct span name, struct span value)
{
	struct doc_property *p = value.len ? draft_item(d, to, sizeof *p, DOC_PROPERTIES_MAX) : NULL;

	if (p)
		*p = (struct doc_property){ name, value };
}

static void fill_classes(struct draft *d, const struct js *item, struct doc_line *l)
{
	struct js list = js_member(item, "HSCodes");
	struct span s;

	for (size_t i = 0, n = member_items(d, &list); i < n; i++) {
		struct js code = js_item(&list, i);
		if (js_string(&code, &s))
			add_property(d, &l->classes, S("HS"), value_clean_copy(d->mem, s));
	}
}

static void fill_cargo(struct draft *d, const struct js *item, const struct js *cargo)
{
	struct doc_line *l = draft_line(d);
	struct js weight = js_member(cargo, "cargoGrossWeight"), pack = js_member(cargo, "outerPackaging");
	char no[16];
	struct writer w = writer_over(no, sizeof no);

	if (!l)
		return;
	put_u64(&w, d->doc->lines.n);
	l->no = arena_copy(d->mem, writer_span(&w));
	l->name = texts(d, item, "descriptionOfGoods");
	l->marks = texts(d, item, "shippingMarks");
	fill_classes(d, item, l);
	member_decimal(d, &weight, "value", false, &l->quantity);
	l->unit = member_text(d, &weight, "unit");
	if (l->unit.len && !code_listed(CODES_UNIT, l->unit))
		member_tell(d, RULE_UNIT, &weight, l->unit);
	member_decimal(d, &pack, "numberOfPackages", false, &l->pieces);
	add_property(d, &l->properties, S("equipment"), member_key(d, cargo, "equipmentReference"));
	add_property(d, &l->properties, S("packaging"), member_text(d, &pack, "description"));
	add_property(d, &l->properties, S("booking"), member_key(d, item, "carrierBookingReference"));
}

static void fill_goods(struct draft *d, const struct js *td)
{
	struct js items = js_member(td, "consignmentItems");
	size_t n = member_items(d, &items);

	if (!n)
		member_tell(d, RULE_MAN_LINES, &items, S("missing"));
	for (size_t i = 0; i < n; i++) {
		struct js item = js_item(&items, i), cargo = js_member(&item, "cargoItems");
		for (size_t k = 0, m = member_items(d, &cargo); k < m; k++) {
			struct js one = js_item(&cargo, k);
			fill_cargo(d, &item, &one);
		}
	}
}

static void fill_equipment(struct draft *d, const struct js *td)
{
	struct js list = js_member(td, "utilizedTransportEquipments");

	for (size_t i = 0, n = member_items(d, &list); i < n; i++) {
		struct js one = js_item(&list, i), inner = js_member(&one, "equipment");
		const struct js *in = inner.v ? &inner : &one;
		struct js at = js_member(in, "equipmentReference");
		struct span id = member_key(d, in, "equipmentReference");
		struct doc_package *p = id.len ? draft_item(d, &d->doc->packages, sizeof *p, DOC_PACKAGES_MAX) : NULL;
		if (p)
			*p = (struct doc_package){ id, S("ISO6346") };
		if (p && !container_check(id))
			member_tell(d, RULE_CONTAINER, &at, id);
	}
}

/* ---- the document ---- */

static bool flag(struct draft *d, const struct js *object, const char *name)
{
	struct js at = js_member(object, name);
	bool yes = false;

	if (at.v && !js_bool(&at, &yes))
		member_tell(d, RULE_MEMBER, &at, S("neither true nor false"));
	return yes;
}

static void fill_value(struct draft *d, const struct js *td)
{
	struct js at = js_member(td, "declaredValue");
	struct span s, ccy = member_text(d, td, "declaredValueCurrency");
	char pointer[257];
	struct writer w = writer_over(pointer, sizeof pointer - 1);

	put_js_pointer(&w, &at);
	pointer[w.len] = 0;
	if (at.v && js_number(&at, &s))
		draft_money(d, s, ccy, TOP(pointer), &d->doc->title.value);
	else if (at.v)
		member_tell(d, RULE_MEMBER, &at, S("not a number"));
}

/* A bill that was given up is no title any more; one that was never issued is none yet. */
static void judge_state(struct draft *d, const struct js *td)
{
	struct js at = js_member(td, "transportDocumentStatus"), type = js_member(td, "transportDocumentTypeCode");
	struct span state = d->doc->title.state;

	if (span_starts(state, S("SURRENDERED")) || span_is(state, "VOID") || span_is(state, "VOIDED"))
		member_tell(d, RULE_EBL_GONE, &at, state);
	else if (!span_is(state, "ISSUED") && !span_starts(state, S("PENDING_SURRENDER")))
		member_tell(d, RULE_EBL_ISSUED, &at, state.len ? state : S("no state"));
	if (span_is(d->doc->type_code, "710"))
		member_tell(d, RULE_EBL_WAYBILL, &type, S("SWB"));
}

static void fill_document(struct draft *d, const struct js *td)
{
	struct document *doc = d->doc;
	struct js parties = js_member(td, "documentParties");

	doc->number = member_key(d, td, "transportDocumentReference");
	doc->title.version = member_text(d, td, "transportDocumentSubReference");
	doc->title.state = member_text(d, td, "transportDocumentStatus");
	doc->title.negotiable = flag(d, td, "isToOrder");
	doc->type_code = span_is(member_text(d, td, "transportDocumentTypeCode"), "SWB") ? S("710") : S("705");
	doc->contract_ref = member_key(d, td, "serviceContractReference");
	member_day(d, td, "issueDate", &doc->issue_date);
	member_day(d, td, "shippedOnBoardDate", &doc->title.on_board);
	fill_party(d, &parties, "issuingParty", &doc->seller);
	fill_party(d, &parties, "shipper", &doc->buyer);
	fill_party(d, &parties, has(&parties, "endorsee") ? "endorsee" : "consignee", &doc->title.order_party);
	fill_carrier(d, td);
	fill_transports(d, td);
	fill_value(d, td);
	fill_goods(d, td);
	fill_equipment(d, td);
	if (!doc->buyer.name.len)
		member_tell(d, RULE_MEMBER, &parties, S("no shipper is named"));
	if (!doc->number.len)
		member_tell(d, RULE_EBL_ISSUED, td, S("shipping instructions, no bill"));
	else
		judge_state(d, td);
}

static void fill_notification(struct draft *d, const struct js *top)
{
	struct js data = js_member(top, "data"), td = js_member(&data, "updatedTransportDocument");
	struct span state = member_text(d, &data, "transportDocumentStatus");

	if (!td.v)
		td = js_member(&data, "transportDocument");
	if (td.v) {
		fill_document(d, &td);
		if (state.len && !span_eq(state, d->doc->title.state))
			member_tell(d, RULE_MEMBER, &data, S("the notification and the document differ in state"));
		return;
	}
	d->doc->number = member_key(d, &data, "transportDocumentReference");
	d->doc->title.version = member_text(d, &data, "transportDocumentSubReference");
	d->doc->title.state = state;
	member_tell(d, RULE_EBL_ISSUED, &data, S("about a bill, without it"));
}

static void fill_chain_document(struct draft *d, const struct js *top)
{
	struct js chain = js_member(top, "endorsementChain");

	d->doc->number = member_key(d, top, "transportDocumentReference");
	d->doc->title.version = member_text(d, top, "transportDocumentSubReference");
	dcsa_chain(d, &chain);
	if (has(top, "surrenderRequestReference"))
		member_tell(d, RULE_EBL_GONE, top, S("its surrender is asked for"));
}

static void fill_answer(struct draft *d, const struct js *top)
{
	d->doc->number = member_key(d, top, "transportDocumentReference");
	member_tell(d, RULE_EBL_ISSUED, top, S("about a bill, without it"));
}

static void fill_issuance(struct draft *d, const struct js *top)
{
	struct js td = js_member(top, "document");

	fill_document(d, &td);
	fill_party(d, top, "issueTo", &d->doc->title.holder);
	dcsa_manifest(d, top);
}

static void fill_envelope(struct draft *d, const struct js *top)
{
	struct js td = js_member(top, "transportDocument");

	fill_document(d, &td);
	dcsa_envelope(d, top);
}

void dcsa_fill(struct draft *d, const struct js *top)
{
	d->doc->title.present = true;
	d->doc->profile = S("dcsa-ebl/3");
	switch (message_of(top)) {
	case TRANSPORT_DOCUMENT:
	case INSTRUCTIONS:
		fill_document(d, top);
		break;
	case NOTIFICATION:
		fill_notification(d, top);
		break;
	case ISSUANCE:
		fill_issuance(d, top);
		break;
	case ENVELOPE:
		fill_envelope(d, top);
		break;
	case CHAINS:
		dcsa_chains(d, top);
		break;
	case CHAIN:
		fill_chain_document(d, top);
		break;
	case ANSWER:
		fill_answer(d, top);
		break;
	case NOTHING:
		break;
	}
}
