/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storeplay.h: a small registry in the database, with everything two lenders
 * could learn about each other, for the tests of who may see what.
 *
 * The last byte of an id is its name: parties 1..12, assets 20 and 21,
 * encumbrances 30..33, hold 40, mandate 50, freezes 51 and 52, objections 70
 * and 71; commitments are named by their supplier.
 */
#ifndef CF_STOREPLAY_H
#define CF_STOREPLAY_H

#include "detect.h"
#include "storefix.h"

enum {
	SUPPLIER = 1,
	DEBTOR,
	BANK_A,
	BANK_B,
	STRANGER,
	REGULATOR,
	OPERATOR,
	COURT,
	BANK_C,
	DEBTOR2,
	BANK_D,
	AGENT,
	PARTIES,
	ASSET1 = 20,
	ASSET2, /* supplier's and stranger's */
	ENC_A = 30,
	ENC_B,
	ENC_B2,
	ENC_D, /* on 1: A's; B's, notified; on 2: B's; on 1: D's, lapsed */
	HOLD_C = 40,
	MANDATE = 50,
	FREEZE_ASSET,
	FREEZE_PARTY,
	OBJECTION_A = 70, /* the supplier's to A's encumbrance */
	OBJECTION_B,      /* B's to the asset itself: neither A nor the debtor learns of it */
	FINDING1,
};

static inline struct party a_party(uint8_t n)
{
	struct party p;
	static const int32_t roles[PARTIES] = {
		[SUPPLIER] = ROLE_SUPPLIER, [DEBTOR] = ROLE_CORE,       [BANK_A] = ROLE_BANK,
		[BANK_B] = ROLE_BANK,       [STRANGER] = ROLE_SUPPLIER, [REGULATOR] = ROLE_REGULATOR,
		[OPERATOR] = ROLE_OPERATOR, [COURT] = ROLE_COURT,       [BANK_C] = ROLE_BANK,
		[DEBTOR2] = ROLE_CORE,      [BANK_D] = ROLE_BANK,       [AGENT] = ROLE_SUPPLIER,
	};

	row_init(&p.row, TABLE_PARTY, key_uuid(id_of(n)));
	p.country = S("CN");
	p.head = hash_of(n);
	p.name = n == BANK_B ? S("Secret Bank B") : S("a party");
	p.roles = roles[n];
	p.state = PARTY_ACTIVE;
	p.live_keys = 1;
	return p;
}

static inline struct party_key a_key(uint8_t n)
{
	struct party_key k;

	row_init(&k.row, TABLE_KEY, key_hash(hash_of(n)));
	k.alg = ALG_ED25519;
	k.party = id_of(n);
	k.officer = S("officer");
	k.limit_minor = 777777;
	memcpy(k.limit_ccy.at, "CNY", 3);
	return k;
}

static inline struct freeze a_freeze(uint8_t n, struct uuid asset, struct uuid party)
{
	struct freeze f;

	row_init(&f.row, TABLE_FREEZE, key_uuid(id_of(n)));
	f.asset = asset;
	f.party = party;
	f.authority = id_of(REGULATOR);
	f.ground = S("ground");
	f.state = LIVE;
	return f;
}

static inline struct objection an_objection(uint8_t n, uint8_t challenger, uint8_t respondent, uint8_t encumbrance)
{
	struct objection o;

	row_init(&o.row, TABLE_OBJECTION, key_uuid(id_of(n)));
	o.asset = id_of(ASSET1);
	o.challenger = id_of(challenger);
	o.respondent = id_of(respondent);
	if (encumbrance)
		o.encumbrance = id_of(encumbrance);
	o.code = 5;
	o.state = OBJ_OPEN;
	o.head = hash_of(n);
	o.seq = n;
	o.answer_by.day = o.file_by.day = 20700;
	return o;
}

static inline struct commitment a_commitment(uint8_t debtor, uint8_t supplier, int64_t total)
{
	struct commitment c;

	row_init(&c.row, TABLE_COMMITMENT, key_hash(hash_of(supplier)));
	c.debtor = id_of(debtor);
	c.supplier = id_of(supplier);
	memcpy(c.ccy.at, "CNY", 3);
	c.committed = total;
	c.committed_seq = c.seq = supplier;
	c.month = 202702;
	c.registered = 125000;
	return c;
}

static inline void play_rank(struct world *w)
{
	struct objection a = an_objection(OBJECTION_A, SUPPLIER, BANK_A, ENC_A),
			 b = an_objection(OBJECTION_B, BANK_B, SUPPLIER, 0);
	struct commitment c = a_commitment(DEBTOR, SUPPLIER, 100000), d = a_commitment(DEBTOR2, STRANGER, 200000);

	struct finding x;

	row_init(&x.row, TABLE_FINDING, key_uuid(id_of(FINDING1)));
	x.asset = id_of(ASSET1);
	x.at_seq = 3;
	x.bits = 123;
	x.detail = S("number skeleton equal +11.0");
	x.evidence = S("1,3");
	x.head = hash_of(FINDING1);
	x.seq = FINDING1;
	x.severity = SEVERITY_FLAG;
	x.signal = SIGNAL_D04;
	x.state = FINDING_OPEN;
	x.threshold = 100;
	x.value = 123;
	change(w, (struct row *[]){ &a.row, &b.row, &c.row, &d.row, &x.row }, 5);
}

static inline void play_parties(struct world *w)
{
	for (uint8_t n = 1; n < PARTIES; n++) {
		struct party p = a_party(n);
		struct party_key k = a_key(n);

		change(w, (struct row *[]){ &p.row, &k.row }, 2);
	}
}

static inline void play_assets(struct world *w)
{
	const struct uuid nil = { { 0 } };
	struct asset a = an_asset(ASSET1, id_of(SUPPLIER), id_of(DEBTOR), 1);
	struct asset b = an_asset(ASSET2, id_of(STRANGER), id_of(DEBTOR2), 7);
	struct encumbrance e[] = {
		an_encumbrance(ENC_A, &a, id_of(BANK_A), 30000, 3),
		an_encumbrance(ENC_B, &a, id_of(BANK_B), 41112, 5),
		an_encumbrance(ENC_B2, &b, id_of(BANK_B), 500, 11),
		an_encumbrance(ENC_D, &a, id_of(BANK_D), 700, 2),
	};
	struct hold h = a_hold(HOLD_C, &a, id_of(BANK_C), 6);
	struct freeze f1 = a_freeze(FREEZE_ASSET, id_of(ASSET1), nil),
		      f2 = a_freeze(FREEZE_PARTY, nil, id_of(STRANGER));
	struct mandate m;
	struct pending p;

	e[1].notified = FLAG_YES;
	e[3].state = ENCUMBRANCE_LAPSED;
	a.confirmed_seq = 1;
	a.state = RCV_CONFIRMED;
	a.encumbered = 71112;
	a.encumbrance_count = 2;
	a.hold = h.id;
	a.objections = 2;
	b.encumbered = 500;
	row_init(&m.row, TABLE_MANDATE, key_uuid(id_of(MANDATE)));
	m.principal = id_of(SUPPLIER);
	m.agent = id_of(AGENT);
	m.state = LIVE;
	row_init(&p.row, TABLE_PENDING, key_hash(hash_of(60)));
	p.issuer = id_of(SUPPLIER);
	p.state = LIVE;
	change(w,
	       (struct row *[]){ &a.row, &b.row, &e[0].row, &e[1].row, &e[2].row, &e[3].row, &h.row, &f1.row, &f2.row,
	                         &m.row, &p.row },
	       11);
}

static inline void play_entries(struct batch *b)
{
	static const struct {
		uint8_t issuer, object;
		uint16_t kind, outcome;
	} entry[] = {
		/* 0 */ { SUPPLIER, ASSET1, ST_RECEIVABLE_REGISTER, 0 },
		{ DEBTOR, ASSET1, ST_RECEIVABLE_CONFIRM, 0 },
		/* 2 */ { SUPPLIER, ENC_A, ST_ENCUMBRANCE_GRANT, 0 },
		{ BANK_A, ENC_A, ST_ENCUMBRANCE_ACCEPT, 0 },
		/* 4 */ { SUPPLIER, ENC_B, ST_ENCUMBRANCE_GRANT, 0 },
		{ BANK_B, ENC_B, ST_ENCUMBRANCE_ACCEPT, 0 },
		/* 6 */ { BANK_C, HOLD_C, ST_HOLD_PLACE, 0 },
		{ STRANGER, ASSET2, ST_RECEIVABLE_REGISTER, 0 },
		/* 8 */ { BANK_B, ASSET1, ST_RECEIVABLE_PAY, E_NOT_AUTHORISED },
		{ SUPPLIER, 99, ST_ENCUMBRANCE_GRANT, E_EXCEEDS_FREE },
		/* 10 */ { SUPPLIER, MANDATE, ST_MANDATE_GRANT, 0 },
		{ STRANGER, ENC_B2, ST_ENCUMBRANCE_GRANT, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(entry); i++)
		batch_add(b, id_of(entry[i].issuer), id_of(entry[i].object), entry[i].kind, entry[i].outcome);
}

static inline void play_document(struct store *c, uint8_t n, uint8_t submitter)
{
	struct document_record d = { .bytes = S("bytes"),
		                     .report = S("{\"kind\":\"invoice\"}"),
		                     .submitter = id_of(submitter) };

	row_init(&d.row.row, TABLE_DOCUMENT, key_hash(hash_of(n)));
	d.row.level = 2;
	assert_int_equal(store_document_put(c, &d), OK);
}

static inline void play(void)
{
	struct arena mem = test_arena((size_t)16 << 20);
	struct world w = new_world(&mem);
	struct store *writer = open_as(STORE_WRITER), *checker = open_as(STORE_CHECKER);
	const struct access access[] = {
		{ { 1700000000000000 }, id_of(BANK_A), id_of(ASSET1), id_of(SUPPLIER), S("check"), S("lending") },
		{ { 1700000000000001 }, id_of(BANK_B), id_of(ASSET2), id_of(STRANGER), S("check"), S("lending") },
	};
	static struct batch b;
	struct rule r;
	struct head h;

	assert_int_equal(store_take_lease(writer, &h), OK);
	play_parties(&w);
	play_assets(&w);
	play_rank(&w);
	row_init(&r.row, TABLE_RULE, key_i64(1000001));
	r.value = 365;
	r.effective.us = INT64_C(1700000000000000);
	change(&w, (struct row *[]){ &r.row }, 1);
	batch_start(&b, &h);
	play_entries(&b);
	if (batch_commit(writer, &b, &w) != OK)
		fail_msg("%s", store_why(writer));
	play_document(checker, ASSET1, SUPPLIER);
	play_document(checker, ASSET2, STRANGER);
	play_document(checker, 90, BANK_A);
	assert_int_equal(store_check(checker, &w, NULL, 0, access, 2), OK);
	store_close(writer);
	store_close(checker);
}
#endif
