/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h: commands of every statement type, made from the tables: random
 * but the same on every run, within the bounds of every field; and whether two
 * are the same.
 */
#ifndef CF_COMMANDS_H
#define CF_COMMANDS_H

#include "command.h"
#include "crypto.h"
#include "der.h"

struct dice {
	uint64_t state;
};

/* splitmix64 */
static inline uint64_t roll(struct dice *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}
static inline uint64_t below(struct dice *r, uint64_t n) { return roll(r) % n; }

static inline void roll_bytes(struct dice *r, void *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)at)[i] = (uint8_t)roll(r);
}

/* A key that is a point of its curve; the same for the same dice. */
static inline struct privkey roll_key(struct dice *r)
{
	struct privkey k;
	uint8_t seed[SEED_LEN];
	enum alg alg = (enum alg)(1 + below(r, 3));

	do
		roll_bytes(r, seed, sizeof seed);
	while (!privkey_from_seed(alg, seed, &k));
	return k;
}

static inline struct span roll_text(struct dice *r, struct arena *mem)
{
	static const char *const letter[] = { "a",
		                              "Z",
		                              "0",
		                              " ",
		                              "\"",
		                              "\\",
		                              "/",
		                              "\xc3\xa9",
		                              "\xc2\xa0",
		                              "\xe6\xb1\x89",
		                              "\xef\xbf\xbf",
		                              "\xf0\x9f\x98\x80",
		                              "\xf4\x8f\xbf\xbf",
		                              "<",
		                              "\xe2\x80\xa8" };
	char text[TEXT_MAX * 4];
	struct writer w = writer_over(text, sizeof text);
	uint64_t n = below(r, 20) == 0 ? TEXT_MAX : 1 + below(r, 30);

	while (n-- > 0)
		put_z(&w, letter[below(r, ARRAY_LEN(letter))]);
	return arena_copy(mem, writer_span(&w));
}

/* An OCTET STRING of some length, in base64. */
static inline struct span roll_der(struct dice *r, struct arena *mem)
{
	char bytes[200];
	size_t n = (size_t)below(r, 100);
	struct writer w = writer_over(bytes, sizeof bytes), text;

	put_der_header(&w, DER_OCTETS, n);
	for (size_t i = 0; i < n; i++)
		put_byte(&w, (char)below(r, 256));
	text = writer_in(mem);
	put_b64(&text, writer_span(&w));
	return writer_done(&text, mem);
}

static inline struct money roll_money(struct dice *r)
{
	static const char ccy[][4] = { "CNY", "JPY", "BHD", "USD" };
	struct money m = { .minor = (int64_t)below(r, (uint64_t)MONEY_MAX + 1) };

	if (below(r, 4) == 0)
		m.minor = below(r, 2) ? 0 : MONEY_MAX;
	memcpy(m.ccy, ccy[below(r, ARRAY_LEN(ccy))], 4);
	return m;
}

static inline struct date roll_date(struct dice *r)
{
	return (struct date){ (int32_t)(7305 + below(r, 40000)) }; /* from 1990-01-01, into 2099 */
}

static inline struct moment roll_moment(struct dice *r)
{
	struct moment m = date_start(roll_date(r));

	m.us += (int64_t)below(r, (uint64_t)DAY_US);
	if (below(r, 2))
		m.us -= m.us % 1000000;
	return m;
}

static inline int64_t roll_i64(struct dice *r)
{
	const int64_t max = (INT64_C(1) << 53) - 1;

	return below(r, 3) == 0 ? (below(r, 2) ? max : -max) : (int64_t)below(r, 2000) - 1000;
}

static inline struct values roll_values(struct dice *r, struct arena *mem)
{
	return (struct values){ roll_text(r, mem), roll_i64(r) };
}

static inline size_t roll_count(struct dice *r, size_t least)
{
	return below(r, 10) == 0 ? LIST_MAX : least + (size_t)below(r, 4);
}

static inline struct hashes roll_hashes(struct dice *r, struct arena *mem)
{
	struct hashes l = { .n = roll_count(r, 0) };

	l.at = ARENA_ARRAY(mem, struct hash, l.n);
	roll_bytes(r, l.at, l.n * sizeof *l.at);
	return l;
}

static inline struct uuids roll_uuids(struct dice *r, struct arena *mem)
{
	struct uuids l = { .n = 1 + (size_t)below(r, 4) };

	l.at = ARENA_ARRAY(mem, struct uuid, l.n);
	roll_bytes(r, l.at, l.n * sizeof *l.at);
	return l;
}

static inline struct quantity roll_quantity(struct dice *r)
{
	static const char unit[][4] = { "TNE", "KGM", "H87", "EA" };
	struct quantity q = { .micro = below(r, 4) ? 1 + (int64_t)below(r, 1000000000) : QUANTITY_MAX };

	memcpy(q.unit, unit[below(r, 4)], sizeof q.unit);
	return q;
}

static inline struct span roll_code(struct dice *r, struct arena *mem)
{
	static const char letter[] = "ABCXYZ0189.-";
	char text[32];
	size_t n = 1 + (size_t)below(r, sizeof text);

	for (size_t i = 0; i < n; i++)
		text[i] = letter[below(r, sizeof letter - 1)];
	return arena_copy(mem, (struct span){ text, n });
}

static inline struct goods_lot roll_lot(struct dice *r, struct arena *mem)
{
	struct goods_lot l = { .goods = roll_code(r, mem),
		               .grade = roll_text(r, mem),
		               .quantity = roll_quantity(r),
		               .zone = roll_text(r, mem),
		               .bin = roll_text(r, mem),
		               .value = roll_money(r) };

	if (below(r, 2)) {
		l.batch = roll_text(r, mem);
		l.marks = roll_text(r, mem);
		l.packaging = roll_text(r, mem);
		l.pieces = 1 + (int64_t)below(r, 1000);
	}
	if (below(r, 2)) {
		l.serial_prefix = roll_text(r, mem);
		l.serial_first = 1 + (int64_t)below(r, 1000);
		l.serial_last = l.serial_first + (int64_t)below(r, 1000);
	}
	return l;
}

static inline struct cuts roll_cuts(struct dice *r, struct arena *mem)
{
	struct cuts l = { .n = 2 + (size_t)below(r, 4) };

	l.at = ARENA_ARRAY(mem, struct cut, l.n);
	for (size_t i = 0; i < l.n; i++) {
		roll_bytes(r, &l.at[i].id, sizeof l.at[i].id);
		l.at[i].amount = roll_money(r);
	}
	return l;
}

static inline struct lots roll_lots(struct dice *r, struct arena *mem)
{
	struct lots l = { .n = 1 + (size_t)below(r, 4) };

	l.at = ARENA_ARRAY(mem, struct goods_lot, l.n);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = roll_lot(r, mem);
	return l;
}

static inline struct parts roll_parts(struct dice *r, struct arena *mem)
{
	struct parts l = { .n = 1 + (size_t)below(r, 4) };

	l.at = ARENA_ARRAY(mem, struct goods_part, l.n);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = (struct goods_part){ roll_i64(r), roll_quantity(r), below(r, 2) ? roll_i64(r) : 0 };
	return l;
}

static inline struct capacities roll_capacities(struct dice *r, struct arena *mem)
{
	struct capacities l = { .n = 1 + (size_t)below(r, 4) };

	l.at = ARENA_ARRAY(mem, struct capacity, l.n);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = (struct capacity){ roll_code(r, mem), roll_quantity(r) };
	return l;
}

static inline struct texts roll_texts(struct dice *r, struct arena *mem)
{
	struct texts l = { .n = roll_count(r, 1) };

	l.at = ARENA_ARRAY(mem, struct span, l.n);
	for (size_t i = 0; i < l.n; i++) {
		struct writer w = writer_in(mem); /* the number in front keeps them apart */

		put_u64(&w, i);
		put_span(&w, S("-"));
		put_u64(&w, below(r, 1000000));
		l.at[i] = writer_done(&w, mem);
	}
	return l;
}

static inline struct numbers roll_numbers(struct dice *r, struct arena *mem)
{
	struct numbers l = { .n = roll_count(r, 1) };

	l.at = ARENA_ARRAY(mem, int64_t, l.n);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = (int64_t)(below(r, 1000000) * LIST_MAX + i);
	return l;
}

static inline struct jwks roll_jwks(struct dice *r, struct arena *mem)
{
	struct jwks l = { .n = 1 + (size_t)below(r, 4) };

	l.at = ARENA_ARRAY(mem, struct pubkey, l.n);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = roll_key(r).pub;
	return l;
}

static inline struct rules roll_rules(struct dice *r, struct arena *mem)
{
	struct rules l = { .n = roll_count(r, 1) };

	l.at = ARENA_ARRAY(mem, struct rule_value, l.n);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = (struct rule_value){ roll_text(r, mem), roll_i64(r), roll_moment(r), roll_values(r, mem) };
	return l;
}

static inline struct facts roll_facts(struct dice *r, struct arena *mem)
{
	struct facts f = { roll_text(r, mem), roll_text(r, mem), roll_text(r, mem), DATE_NONE, { .minor = 0 }, S("") };

	if (below(r, 2))
		f.date = roll_date(r);
	if (below(r, 2))
		f.amount = roll_money(r);
	if (below(r, 2))
		f.debtor = roll_text(r, mem);
	return f;
}

static inline struct invoice roll_invoice(struct dice *r, struct arena *mem)
{
	return (struct invoice){ roll_text(r, mem), below(r, 2) ? roll_date(r) : DATE_NONE };
}

static inline struct type_set roll_types(struct dice *r)
{
	struct type_set set = { { 0 } };
	size_t n;

	(void)statement_rows(&n);
	for (unsigned i = 0; i < n; i++)
		if (below(r, n) < LIST_MAX / 4)
			type_set_add(&set, i);
	type_set_add(&set, (unsigned)below(r, n));
	return set;
}

#define PUT(type, value)                    \
	do {                                \
		type v_ = (value);          \
		memcpy(at, &v_, sizeof v_); \
	} while (0)

/* clang-format off */
static inline void roll_field(struct dice *r, const struct field_info *f, struct arena *mem, void *at)
{
	switch (f->kind) {
	case FK_uuid: roll_bytes(r, at, sizeof(struct uuid)); break;
	case FK_hash: roll_bytes(r, at, sizeof(struct hash)); break;
	case FK_money: PUT(struct money, roll_money(r)); break;
	case FK_date: PUT(struct date, roll_date(r)); break;
	case FK_moment: PUT(struct moment, roll_moment(r)); break;
	case FK_text:
		PUT(struct span, strcmp(f->member, "country") == 0 ? S("CN")
		               : strcmp(f->member, "goods_code") == 0   ? roll_code(r, mem)
		                                                   : roll_text(r, mem));
		break;
	case FK_lots: PUT(struct lots, roll_lots(r, mem)); break;
	case FK_parts: PUT(struct parts, roll_parts(r, mem)); break;
	case FK_capacities: PUT(struct capacities, roll_capacities(r, mem)); break;
	case FK_flag: PUT(enum flag, below(r, 2) ? FLAG_YES : FLAG_NO); break;
	case FK_i64: PUT(int64_t, roll_i64(r)); break;
	case FK_jwk: PUT(struct pubkey, roll_key(r).pub); break;
	case FK_fraction: PUT(int32_t, below(r, 5) ? (int32_t)(1 + below(r, 1000000)) : 1000000); break;
	case FK_facts: PUT(struct facts, roll_facts(r, mem)); break;
	case FK_invoice: PUT(struct invoice, roll_invoice(r, mem)); break;
	case FK_values: PUT(struct values, roll_values(r, mem)); break;
	case FK_hashes: PUT(struct hashes, roll_hashes(r, mem)); break;
	case FK_jwks: PUT(struct jwks, roll_jwks(r, mem)); break;
	case FK_roles: PUT(int32_t, (int32_t)(1 + below(r, 2 * ROLE_WITNESS - 1))); break;
	case FK_types: PUT(struct type_set, roll_types(r)); break;
	case FK_rules: PUT(struct rules, roll_rules(r, mem)); break;
	case FK_uuids: PUT(struct uuids, roll_uuids(r, mem)); break;
	case FK_quantity: PUT(struct quantity, roll_quantity(r)); break;
	case FK_texts: PUT(struct texts, roll_texts(r, mem)); break;
	case FK_numbers: PUT(struct numbers, roll_numbers(r, mem)); break;
	case FK_cuts: PUT(struct cuts, roll_cuts(r, mem)); break;
	case FK_der: PUT(struct span, roll_der(r, mem)); break;
	case FK_encumbrance_kind: PUT(enum encumbrance_kind, (enum encumbrance_kind)(1 + below(r, 5))); break;
	}
}
/* clang-format on */

/* Optional fields are there every other time; `all`: always. */
static inline struct command roll_command(struct dice *r, const struct statement_info *info, bool all,
                                          struct arena *mem)
{
	struct command c;

	memset(&c, 0, sizeof c);
	c.kind = info->kind;
	roll_bytes(r, &c.id, sizeof c.id);
	roll_bytes(r, &c.object, sizeof c.object);
	c.has_prev = all || below(r, 2);
	if (c.has_prev)
		roll_bytes(r, &c.prev, sizeof c.prev);
	c.at = roll_moment(r);
	size_t salt_len = SALT_MIN + (size_t)below(r, SALT_MAX - SALT_MIN + 1);
	char *salt = arena_take(mem, salt_len);
	roll_bytes(r, salt, salt_len);
	c.salt = (struct span){ salt, salt_len };
	if (all || below(r, 2))
		roll_bytes(r, &c.on_behalf_of, sizeof c.on_behalf_of);
	for (size_t i = 0; i < info->n_fields; i++)
		if (info->fields[i].need || all || below(r, 2))
			roll_field(r, &info->fields[i], mem, (char *)&c.body + info->fields[i].offset);
	return c;
}

/* --- sameness, field by field, by values and not by places --- */

static inline bool same_bytes(const void *a, const void *b, size_t len) { return len == 0 || memcmp(a, b, len) == 0; }
static inline bool same_money(struct money a, struct money b)
{
	return a.minor == b.minor && same_bytes(a.ccy, b.ccy, sizeof a.ccy);
}
static inline bool same_day(struct date a, struct date b)
{
	/* a command made of zeros has day 0 where one that was read has DATE_NONE */
	bool none_a = a.day == 0 || a.day == DATE_NONE.day, none_b = b.day == 0 || b.day == DATE_NONE.day;

	return none_a || none_b ? none_a == none_b : a.day == b.day;
}
static inline bool same_facts(const struct facts *a, const struct facts *b)
{
	return span_eq(a->kind, b->kind) && span_eq(a->issuer, b->issuer) && span_eq(a->number, b->number) &&
	       same_day(a->date, b->date) && same_money(a->amount, b->amount) && span_eq(a->debtor, b->debtor);
}
static inline bool same_values(struct values a, struct values b)
{
	return span_eq(a.unit, b.unit) && a.value == b.value;
}
static inline bool same_rules(const struct rules *a, const struct rules *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct rule_value *x = &a->at[i], *y = &b->at[i];

		if (!span_eq(x->rule, y->rule) || x->version != y->version || x->effective.us != y->effective.us ||
		    !same_values(x->values, y->values))
			return false;
	}
	return true;
}
static inline bool same_cuts(const struct cuts *a, const struct cuts *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!uuid_eq(a->at[i].id, b->at[i].id) || !same_money(a->at[i].amount, b->at[i].amount))
			return false;
	return true;
}
static inline bool same_texts(const struct texts *a, const struct texts *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = span_eq(a->at[i], b->at[i]);
	return same;
}

static inline bool same_jwks(const struct jwks *a, const struct jwks *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->at[i].alg != b->at[i].alg || !same_bytes(a->at[i].raw, b->at[i].raw, pubkey_len(a->at[i].alg)))
			return false;
	return true;
}

static inline bool same_quantity(struct quantity a, struct quantity b)
{
	return a.micro == b.micro && same_bytes(a.unit, b.unit, sizeof a.unit);
}
static inline bool same_lot(const struct goods_lot *a, const struct goods_lot *b)
{
	return span_eq(a->goods, b->goods) && span_eq(a->grade, b->grade) && same_quantity(a->quantity, b->quantity) &&
	       a->pieces == b->pieces && span_eq(a->zone, b->zone) && span_eq(a->bin, b->bin) &&
	       span_eq(a->batch, b->batch) && span_eq(a->marks, b->marks) && span_eq(a->packaging, b->packaging) &&
	       span_eq(a->serial_prefix, b->serial_prefix) && a->serial_first == b->serial_first &&
	       a->serial_last == b->serial_last && same_money(a->value, b->value);
}
static inline bool same_lots(const struct lots *a, const struct lots *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (!same_lot(&a->at[i], &b->at[i]))
			return false;
	return a->n == b->n;
}
static inline bool same_parts(const struct parts *a, const struct parts *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (a->at[i].lot != b->at[i].lot || a->at[i].pieces != b->at[i].pieces ||
		    !same_quantity(a->at[i].quantity, b->at[i].quantity))
			return false;
	return a->n == b->n;
}
static inline bool same_capacities(const struct capacities *a, const struct capacities *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (!span_eq(a->at[i].goods, b->at[i].goods) || !same_quantity(a->at[i].quantity, b->at[i].quantity))
			return false;
	return a->n == b->n;
}

#define AS(type, p) ((const type *)(const void *)(p))

/* clang-format off */
static inline bool same_field(enum field_kind k, const char *a, const char *b)
{
	switch (k) {
	case FK_uuid: return same_bytes(a, b, sizeof(struct uuid));
	case FK_hash: return same_bytes(a, b, sizeof(struct hash));
	case FK_money: return same_money(*AS(struct money, a), *AS(struct money, b));
	case FK_date: return same_day(*AS(struct date, a), *AS(struct date, b));
	case FK_moment:
	case FK_i64: return same_bytes(a, b, sizeof(int64_t));
	case FK_text: return span_eq(*AS(struct span, a), *AS(struct span, b));
	case FK_flag: return *AS(enum flag, a) == *AS(enum flag, b);
	case FK_jwk: return AS(struct pubkey, a)->alg == AS(struct pubkey, b)->alg &&
	                    same_bytes(AS(struct pubkey, a)->raw, AS(struct pubkey, b)->raw, 32);
	case FK_fraction:
	case FK_roles: return *AS(int32_t, a) == *AS(int32_t, b);
	case FK_facts: return same_facts(AS(struct facts, a), AS(struct facts, b));
	case FK_invoice: return span_eq(AS(struct invoice, a)->number, AS(struct invoice, b)->number) &&
	                        same_day(AS(struct invoice, a)->date, AS(struct invoice, b)->date);
	case FK_values: return same_values(*AS(struct values, a), *AS(struct values, b));
	case FK_hashes: return AS(struct hashes, a)->n == AS(struct hashes, b)->n &&
	                       same_bytes(AS(struct hashes, a)->at, AS(struct hashes, b)->at,
	                                  AS(struct hashes, a)->n * HASH_LEN);
	case FK_jwks: return same_jwks(AS(struct jwks, a), AS(struct jwks, b));
	case FK_types: return same_bytes(a, b, sizeof(struct type_set));
	case FK_uuids: return AS(struct uuids, a)->n == AS(struct uuids, b)->n &&
	                      same_bytes(AS(struct uuids, a)->at, AS(struct uuids, b)->at,
	                                 AS(struct uuids, a)->n * sizeof(struct uuid));
	case FK_quantity: return same_quantity(*AS(struct quantity, a), *AS(struct quantity, b));
	case FK_lots: return same_lots(AS(struct lots, a), AS(struct lots, b));
	case FK_parts: return same_parts(AS(struct parts, a), AS(struct parts, b));
	case FK_capacities: return same_capacities(AS(struct capacities, a), AS(struct capacities, b));
	case FK_texts: return same_texts(AS(struct texts, a), AS(struct texts, b));
	case FK_numbers: return AS(struct numbers, a)->n == AS(struct numbers, b)->n &&
	                        same_bytes(AS(struct numbers, a)->at, AS(struct numbers, b)->at,
	                                   AS(struct numbers, a)->n * sizeof(int64_t));
	case FK_der: return span_eq(*AS(struct span, a), *AS(struct span, b));
	case FK_cuts: return same_cuts(AS(struct cuts, a), AS(struct cuts, b));
	case FK_rules: return same_rules(AS(struct rules, a), AS(struct rules, b));
	case FK_encumbrance_kind: return *AS(enum encumbrance_kind, a) == *AS(enum encumbrance_kind, b);
	}
	return false;
}
/* clang-format on */

/* NULL when they are the same, else the member that differs. kid, hash and bytes are not compared. */
static inline const char *command_differs(const struct command *a, const struct command *b)
{
	const struct statement_info *info = statement_info(a->kind);

	if (a->kind != b->kind)
		return "type";
	if (!uuid_eq(a->id, b->id) || !uuid_eq(a->object, b->object) || !uuid_eq(a->on_behalf_of, b->on_behalf_of))
		return "id, object or on_behalf_of";
	if (a->has_prev != b->has_prev || !hash_eq(a->prev, b->prev))
		return "prev";
	if (a->at.us != b->at.us || !span_eq(a->salt, b->salt))
		return "at or salt";
	for (size_t i = 0; i < info->n_fields; i++) {
		const struct field_info *f = &info->fields[i];

		if (!same_field(f->kind, (const char *)&a->body + f->offset, (const char *)&b->body + f->offset))
			return f->member;
	}
	return NULL;
}
#endif
