/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t29: the score says what the log says, and nothing else (DETECTION 5).
 *
 * The same entries give the same score to the byte, at every position; each
 * feature moves it only in its sense; gates and caps hold; the points explain
 * themselves to the last one; what must not be used does not move it.
 */
#include "test.h"

#include "commands.h"
#include "domain/detect/odds.h"
#include "telling.h"

enum { FACE = 10000000 };

static struct score score_of(const struct told *t, struct uuid claim)
{
	struct score s;

	assert_true(score_claim(t->d, claim, &s));
	return s;
}

/* A debtor that has paid `n` invoices so many days after their due date, a week between them. */
struct history {
	struct uuid supplier, anchor;
};
static struct history trade(struct told *t, unsigned n, int32_t late)
{
	struct history h = { a_supplier(t), an_anchor(t) };

	for (unsigned i = 0; i < n; i++) {
		struct sale x = { .creditor = h.supplier, .debtor = h.anchor, .face = FACE, .days = 30 };
		struct uuid claim = register_sale(t, &x);

		(void)confirm(t, claim, h.anchor);
		days_pass(t, 30 + late > 0 ? 30 + late : 0);
		(void)pay(t, claim, h.anchor, FACE);
	}
	return h;
}

static struct uuid good_sale(struct told *t, struct history h)
{
	struct sale x = { .creditor = h.supplier,
		          .debtor = h.anchor,
		          .face = FACE,
		          .order = "PO-1",
		          .delivery = "WB-1",
		          .lines = true };
	struct uuid claim = register_sale(t, &x);

	(void)confirm(t, claim, h.anchor);
	return claim;
}

static void put_into(char text[SCORE_ROOM], const struct score *s)
{
	struct writer w = writer_over(text, SCORE_ROOM - 1);

	put_score(&w, s);
	assert_false(w.overflow);
	text[w.len] = 0;
}

static void good_payers_score_above_bad_ones(void **state)
{
	static const struct {
		int32_t late;
		const char *grade;
	} row[] = { { 0, "AAA" }, { 4, "AA" }, { 20, "CCC" }, { 60, "D" } };
	int32_t last = 1001;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct told t;

		told_start(&t);
		struct uuid claim = good_sale(&t, trade(&t, 30, row[i].late));
		struct score s = score_of(&t, claim);

		assert_int_equal(s.authenticity, VERIFIED);
		assert_true(s.scored && s.score < last);
		last = s.score;
		print_message("%d days late: %d points, %s, confidence %d\n", row[i].late, s.score, s.grade,
		              s.confidence);
		assert_string_equal(s.grade, row[i].grade);
		assert_true(s.pd_low <= s.pd_30 && s.pd_30 <= s.pd_high);
		assert_true(s.late_p50 <= s.late_p90);
		told_end(&t);
	}
}

/* --- the same entries, the same score --- */

/* Some months of all kinds of things by four suppliers and four anchors, from a seed. */
static void random_log(struct told *t, uint64_t seed, size_t entries, struct uuid *claim, size_t *n_claims)
{
	struct dice r = { seed };
	struct uuid supplier[4], anchor[4], bank = a_bank(t);

	for (size_t i = 0; i < 4; i++) {
		supplier[i] = a_supplier(t);
		anchor[i] = an_anchor(t);
		(void)profile(t, anchor[i], &(struct profile){ .sector = i < 2 ? "steel" : "retail" });
	}
	*n_claims = 0;
	while (t->n < entries) {
		const struct uuid who = anchor[below(&r, 4)], seller = supplier[below(&r, 4)];

		t->now.us += (int64_t)below(&r, (uint64_t)DAY_US);
		if (*n_claims < 16 || below(&r, 3) == 0) {
			struct sale x = { .creditor = seller,
				          .debtor = who,
				          .face = 1 + (int64_t)below(&r, FACE),
				          .days = (int32_t)(10 + below(&r, 90)) };

			claim[(*n_claims)++] = register_sale(t, &x);
			continue;
		}
		const struct uuid one = claim[below(&r, *n_claims)];
		const int64_t amount = 1 + (int64_t)below(&r, FACE / 4);
		switch (below(&r, 11)) {
		case 0:
			confirm(t, one, who);
			break;
		case 1:
			pay(t, one, who, amount);
			break;
		case 2:
			pay(t, one, who, FACE);
			break;
		case 3:
			credit(t, one, seller, amount);
			break;
		case 4:
			dispute(t, one, who, "C01");
			break;
		case 5:
			say_of(t, ST_RECEIVABLE_OVERDUE, one, who);
			break;
		case 6:
			say_of(t, ST_RECEIVABLE_DEFAULT, one, who);
			break;
		case 7:
			say_of(t, ST_RECEIVABLE_RESOLVE, one, below(&r, 2) ? who : seller);
			break;
		case 8:
			finance(t, one, seller, bank, amount, amount);
			break;
		case 9:
			raise_finding(t, "F14", "flag", one, (struct uuid){ { 0 } }, 20);
			break;
		default:
			say_of(t, below(&r, 2) ? ST_RECEIVABLE_CANCEL : ST_RECEIVABLE_REJECT, one, seller);
			break;
		}
	}
}

static void the_same_entries_give_the_same_score(void **state)
{
	enum { ENTRIES = 4000, CUT = 2500 };
	static struct told t;
	static struct uuid claim[ENTRIES];
	struct arena again = told_arena((size_t)1 << 30), cut = told_arena((size_t)1 << 30);
	size_t n;

	(void)state;
	told_start(&t);
	random_log(&t, 7, ENTRIES, claim, &n);
	struct detector *whole = told_again(&t, t.n, &again), *part = told_again(&t, CUT, &cut);
	for (size_t i = CUT; i < t.n; i++) { /* and on from where it stopped */
		struct score before;

		if (i % 500 == 0)
			assert_true(score_claim(part, claim[0], &before) && before.position == i - 1);
		assert_true(detector_see(part, &t.entry[i], NULL, NULL));
	}
	for (size_t i = 0; i < n; i++) {
		static char a[SCORE_ROOM], b[SCORE_ROOM], c[SCORE_ROOM];
		struct score x = score_of(&t, claim[i]), y, z;

		assert_true(score_claim(whole, claim[i], &y) && score_claim(part, claim[i], &z));
		put_into(a, &x);
		put_into(b, &y);
		put_into(c, &z);
		assert_string_equal(a, b);
		assert_string_equal(a, c);
	}
	munmap(again.base, again.cap);
	munmap(cut.base, cut.cap);
	told_end(&t);
}

/* What came later changes nothing of what was: a score at a position is that of the entries up to it. */
static void a_score_has_no_look_ahead(void **state)
{
	enum { STEP = 500, STEPS = 4 };
	static struct told t;
	static struct uuid claim[STEP * STEPS];
	struct arena mem = told_arena((size_t)1 << 30);
	struct uuid first[STEPS];
	struct hash then[STEPS];
	size_t n, at[STEPS];

	(void)state;
	told_start(&t);
	for (size_t i = 0; i < STEPS; i++) {
		struct score s;

		random_log(&t, 11 + i, STEP * (i + 1), claim, &n);
		first[i] = claim[0];
		s = score_of(&t, first[i]);
		then[i] = score_hash(&s);
		at[i] = t.n;
	}
	for (size_t i = 0; i < STEPS; i++) {
		struct score s;

		arena_reset(&mem);
		assert_true(score_claim(told_again(&t, at[i], &mem), first[i], &s));
		assert_true(hash_eq(score_hash(&s), then[i]));
	}
	munmap(mem.base, mem.cap);
	told_end(&t);
}

/* --- points --- */

static void the_points_explain_the_score_to_the_last(void **state)
{
	enum { ENTRIES = 3000 };
	static struct told t;
	static struct uuid claim[ENTRIES];
	size_t n, reasons = 0;

	(void)state;
	told_start(&t);
	random_log(&t, 3, ENTRIES, claim, &n);
	for (size_t i = 0; i < n; i++) {
		struct score s = score_of(&t, claim[i]);
		int32_t sum = s.model->base, least = INT32_MAX;

		assert_int_equal(s.n_parts, SCORE_PARTS);
		for (uint32_t k = 0; k < s.n_parts; k++)
			sum += s.part[k].points;
		assert_int_equal(s.uncapped, sum < 0 ? 0 : sum > 1000 ? 1000 : sum);
		assert_true(s.score <= s.uncapped);
		assert_int_equal(s.caps != 0, s.score < s.uncapped);
		for (uint32_t k = 0; k < s.n_reasons; k++) { /* the heaviest losses, in order */
			assert_true(s.part[s.reason[k]].lost > 0 && s.part[s.reason[k]].lost <= least);
			least = s.part[s.reason[k]].lost;
		}
		for (uint32_t k = 0; k < s.n_parts; k++) {
			bool named = false;

			for (uint32_t q = 0; q < s.n_reasons; q++)
				named = named || s.reason[q] == k;
			assert_true(named || s.part[k].lost <= 0 || s.n_reasons == SCORE_REASONS);
			assert_true(named || s.n_reasons < SCORE_REASONS || s.part[k].lost <= least);
		}
		reasons += s.n_reasons;
		for (uint32_t k = 0; k < s.n_inputs; k++)
			assert_true(s.input[k] <= s.position && (k == 0 || s.input[k] > s.input[k - 1]));
	}
	assert_true(reasons > n);
	told_end(&t);
}

/* Every model: points never fall along the feature's sense, nothing known costs nothing, every feature is used once. */
static void every_feature_moves_the_score_one_way(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct score_model *m; (m = score_model(n)) != NULL; n++) {
		uint32_t seen = 0;

		for (const struct score_use *u = m->use; u->feature != FEATURE_NONE; u++) {
			const struct feature_info *f = feature_info((int32_t)u->feature);
			int32_t bins = 1;

			assert_false(seen >> u->feature & 1);
			seen |= 1u << u->feature;
			for (const struct score_bin *b = u->bin; b->below != INT64_MAX; b++, bins++) {
				assert_true(b[1].below > b->below);
				assert_true(f->sense == LESS_IS_BETTER ? b[1].points <= b->points
				                                       : b[1].points >= b->points);
			}
			assert_in_range(u->neutral, 0, bins - 1);
			assert_int_equal(u->bin[u->neutral].points, 0);
		}
		assert_ptr_equal(score_model_by_id(span_z(m->id)), m);
		assert_ptr_equal(score_model_by_hash(score_model_hash(m)), m);
	}
	assert_true(n > 0);
}

/* A model that was published once stays as it is. */
static void published_models_do_not_change(void **state)
{
	static const char *const sha256[] = {
		"5f0f79cf7beb0246e8f14f4bc963ab6110e3a513b4ece80a9ad6061e46533c25",
		"b0f617204fac601ca48f532a72960ca9c7c959e79ad06dda086659ff2f5e890f",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sha256); i++) {
		struct hash h = score_model_hash(score_model(i)), want;
		char text[65] = "";
		struct writer w = writer_over(text, 64);

		put_hex(&w, h.b, sizeof h.b);
		assert_true(hex_parse(span_z(sha256[i]), want.b, sizeof want.b));
		if (!hash_eq(h, want))
			print_message("%s is %s\n", score_model(i)->id, text);
		assert_true(hash_eq(h, want));
	}
	assert_null(score_model(ARRAY_LEN(sha256)));
}

static void the_tables_are_curves(void **state)
{
	static const struct {
		int32_t least;
		const char *grade;
		int32_t pd; /* at most, ppm */
	} grade[] = { { 850, "AAA", 440 },  { 780, "AA", 1500 },  { 710, "A", 4940 },     { 650, "BBB", 14000 },
		      { 590, "BB", 38200 }, { 530, "B", 101000 }, { 450, "CCC", 310000 }, { 0, "D", 1000000 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(grade); i++) {
		assert_string_equal(score_grade(grade[i].least), grade[i].grade);
		assert_true(score_pd(grade[i].least) <= grade[i].pd);
		if (grade[i].least > 0)
			assert_string_equal(score_grade(grade[i].least - 1), grade[i + 1].grade);
	}
	for (int32_t s = 1; s <= 1000; s++)
		assert_true(score_pd(s) <= score_pd(s - 1));
	for (int32_t s = 0; s <= 1000; s += 7) {
		int32_t wide_low, wide_high, low, high;

		odds_interval(s, 0, &wide_low, &wide_high);
		for (int32_t n = 0; n < 2000000; n = 2 * n + 999) {
			odds_interval(s, n, &low, &high);
			assert_true(0 <= low && low <= score_pd(s) && score_pd(s) <= high && high <= 1000000);
			assert_true(high - low <= wide_high - wide_low);
		}
	}
	assert_int_equal(odds_faded(1000000, 0), 1000000);
	for (int64_t k = 1; k < 40; k++)
		assert_true(odds_faded(1000000, k) <= odds_faded(1000000, k - 1));
	assert_in_range(odds_faded(1000000, 12), 500000, 510000); /* 360 days: half */
}

/* --- gates and caps --- */

static const struct uuid nobody = { { 0 } };

static void caps_limit_and_name_themselves(void **state)
{
	struct told t;
	struct score s;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 30, 0);
	struct uuid claim = good_sale(&t, h);
	assert_true(score_of(&t, claim).score > 800);

	struct sale bare = { .creditor = h.supplier, .debtor = h.anchor, .face = FACE };
	s = score_of(&t, register_sale(&t, &bare)); /* not signed, no evidence */
	assert_int_equal(s.authenticity, UNVERIFIED);
	assert_int_equal(s.score, 649);
	assert_int_equal(s.caps, 1 << CAP_UNSIGNED | 1 << CAP_UNVERIFIED);
	assert_string_equal(s.grade, "BB");

	struct sale papers = {
		.creditor = h.supplier, .debtor = h.anchor, .face = FACE, .order = "P", .delivery = "W"
	};
	s = score_of(&t, register_sale(&t, &papers)); /* papers, but no signature */
	assert_int_equal(s.authenticity, SUPPORTED);
	assert_int_equal(s.caps, 1 << CAP_UNSIGNED);
	assert_int_equal(s.score, 649);

	struct uuid hold = raise_finding(&t, "D04", "hold", claim, nobody, 0);
	s = score_of(&t, claim);
	assert_int_equal(s.score, 400);
	assert_int_equal(s.caps, 1 << CAP_HOLD);
	assert_true(s.uncapped > 800 && score_pd(s.uncapped) == s.pd_30); /* fraud evidence caps, it does not average */
	(void)review(&t, hold, "cleared");
	assert_true(score_of(&t, claim).score > 800);

	struct uuid on_seller = raise_finding(&t, "P04", "hold", nobody, h.supplier, 0);
	assert_int_equal(score_of(&t, claim).score, 400);
	(void)review(&t, on_seller, "cleared");

	struct uuid new_debtor = an_anchor(&t);
	struct sale first = {
		.creditor = h.supplier, .debtor = new_debtor, .face = FACE, .order = "P", .delivery = "W", .lines = true
	};
	struct uuid thin = register_sale(&t, &first);
	(void)confirm(&t, thin, new_debtor);
	s = score_of(&t, thin);
	assert_int_equal(s.confidence, 0);
	assert_true(s.score <= 709);
	told_end(&t);
}

static void what_contradicts_leaves_no_score(void **state)
{
	static const struct {
		const char *code;
		enum authenticity a;
	} disputes[] = { { "C01", SUPPORTED }, { "C03", SUPPORTED }, { "C04", CONTRADICTED }, { "C05", CONTRADICTED } };
	struct told t;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 12, 0);
	for (size_t i = 0; i < ARRAY_LEN(disputes); i++) {
		struct uuid claim = good_sale(&t, h);

		(void)dispute(&t, claim, h.anchor, disputes[i].code);
		struct score s = score_of(&t, claim);
		assert_int_equal(s.authenticity, disputes[i].a);
		assert_int_equal(s.scored, disputes[i].a != CONTRADICTED);
		assert_int_equal(s.eligible.minor, 0);
		(void)say_of(&t, ST_RECEIVABLE_RESOLVE, claim, h.supplier);
		assert_int_equal(score_of(&t, claim).authenticity, disputes[i].a); /* it takes both */
		(void)say_of(&t, ST_RECEIVABLE_RESOLVE, claim, h.anchor);
		assert_int_equal(score_of(&t, claim).authenticity, VERIFIED);
	}
	struct uuid blocked = good_sale(&t, h), confirmed = good_sale(&t, h), rejected = good_sale(&t, h);
	(void)raise_finding(&t, "D01", "block", blocked, nobody, 0);
	struct uuid f = raise_finding(&t, "D04", "hold", confirmed, nobody, 0);
	assert_true(score_of(&t, confirmed).scored);
	(void)review(&t, f, "confirmed");
	(void)say_of(&t, ST_RECEIVABLE_REJECT, rejected, h.anchor);
	const struct uuid all[] = { blocked, confirmed, rejected };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		static char text[SCORE_ROOM];
		struct score s = score_of(&t, all[i]);

		assert_false(s.scored);
		put_into(text, &s);
		assert_non_null(strstr(text, "\"score\":null"));
		assert_non_null(strstr(text, "\"pd_30\":null"));
		assert_non_null(strstr(text, "\"grade\":\"none\""));
	}
	(void)review(&t, f, "cleared"); /* a regulator took it back */
	assert_true(score_of(&t, confirmed).scored);
	told_end(&t);
}

/* --- what must not be used (DETECTION 5.8) --- */

static void lenders_searches_and_regions_do_not_move_it(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 20, 3);
	struct uuid claim = good_sale(&t, h);
	const struct score before = score_of(&t, claim);
	for (unsigned i = 0; i < 8; i++) {
		struct uuid bank = a_bank(&t);
		struct command hold = { .kind = ST_HOLD_PLACE, .object = told_id(&t) };
		struct command check = { .kind = ST_CHECK_CERTIFY, .object = told_id(&t) };
		struct command where = { .kind = ST_PARTY_PROFILE, .object = i % 2 ? h.anchor : h.supplier };

		hold.body.hold_place.asset = claim;
		check.body.check_certify.asset = claim;
		check.body.check_certify.asker = bank;
		check.body.check_certify.verdict = S("stop");
		where.body.party_profile.region = i % 3 ? S("CN-GX") : S("CN-SH");
		(void)tell(&t, bank, hold);
		(void)tell(&t, bank, check);
		(void)tell(&t, bank, where);
		(void)finance(&t, claim, h.supplier, bank, FACE / 10, FACE / 20);
	}
	const struct score after = score_of(&t, claim);
	assert_int_equal(after.score, before.score);
	assert_int_equal(after.confidence, before.confidence);
	for (uint32_t i = 0; i < before.n_parts; i++) {
		assert_int_equal(after.part[i].points, before.part[i].points);
		assert_int_equal(after.part[i].value, before.part[i].value);
	}
	told_end(&t);
}

/* What is only near, or only suspected, costs sixty points at most. */
static void association_costs_little(void **state)
{
	(void)state;
	for (size_t i = 0; score_model(i); i++) {
		int32_t worst = 0;

		for (const struct score_use *u = score_model(i)->use; u->feature != FEATURE_NONE; u++) {
			const struct score_bin *b = u->bin;

			if (u->feature != FEATURE_UPSTREAM && u->feature != FEATURE_SIGNS)
				continue;
			while (b->below != INT64_MAX)
				b++;
			worst += b->points;
		}
		assert_in_range(-worst, 0, 60);
	}
}

/* --- what is measured --- */

static int64_t value_of(const struct told *t, struct uuid claim, enum feature f)
{
	struct score s = score_of(t, claim);

	for (uint32_t i = 0; i < s.n_parts; i++)
		if (s.part[i].feature == f)
			return s.part[i].known ? s.part[i].value : -1;
	fail();
	return 0;
}

static void outcomes_replace_one_another(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 9, 0);
	struct uuid asked = good_sale(&t, h);
	struct sale x = { .creditor = h.supplier, .debtor = h.anchor, .face = FACE, .days = 10 };
	struct uuid claim = register_sale(&t, &x);

	assert_int_equal(value_of(&t, asked, FEATURE_PAIR_HISTORY), 9);
	days_pass(&t, 11);
	(void)say_of(&t, ST_RECEIVABLE_OVERDUE, claim, h.anchor);
	assert_in_range(value_of(&t, asked, FEATURE_DEBTOR_OVERDUE), 499999, 500001); /* of two open ones */
	int64_t none = value_of(&t, asked, FEATURE_DEBTOR_DEFAULTS);
	days_pass(&t, 90);
	(void)say_of(&t, ST_RECEIVABLE_DEFAULT, claim, h.anchor);
	assert_true(value_of(&t, asked, FEATURE_DEBTOR_DEFAULTS) > none);
	assert_int_equal(value_of(&t, asked, FEATURE_PAIR_HISTORY), 10);
	days_pass(&t, 5);
	(void)pay(&t, claim, h.anchor, FACE); /* late, but paid */
	assert_int_equal(value_of(&t, asked, FEATURE_PAIR_HISTORY), 10);
	assert_int_equal(value_of(&t, asked, FEATURE_DEBTOR_OVERDUE), 0);
	assert_true(value_of(&t, asked, FEATURE_DEBTOR_DEFAULTS) <= none);
	assert_int_equal(value_of(&t, asked, FEATURE_PAIR_DELAY), 96); /* 96 days of one in ten */
	told_end(&t);
}

static void old_payments_fade_and_end(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 40, 40);
	struct uuid claim = good_sale(&t, h);
	int32_t before = score_of(&t, claim).confidence;

	for (int i = 0; i < 30; i++) {
		days_pass(&t, 30);
		(void)an_anchor(&t); /* the log goes on elsewhere */
		int32_t now = score_of(&t, claim).confidence;
		assert_true(now <= before);
		before = now;
	}
	assert_int_equal(before, 0);
	assert_int_equal(value_of(&t, claim, FEATURE_DEBTOR_LATE), -1);
	told_end(&t);
}

static void sellers_dilution_and_what_may_be_lent_on(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 10, 0);
	struct uuid claim = good_sale(&t, h);
	int64_t eligible = score_of(&t, claim).eligible.minor;

	assert_in_range(eligible, FACE * 9 / 10, FACE);
	for (int i = 0; i < 4; i++) {
		struct sale x = { .creditor = h.supplier, .debtor = h.anchor, .face = FACE };

		(void)credit(&t, register_sale(&t, &x), h.supplier, FACE / 2);
	}
	struct score s = score_of(&t, claim);
	assert_true(s.dilution > 100000 && s.eligible.minor < eligible * 3 / 4);
	assert_int_equal(s.part[s.reason[0]].feature, FEATURE_DILUTION);
	/* the creditor owes the debtor too: that much can be set off */
	struct sale back = { .creditor = h.anchor, .debtor = h.supplier, .face = FACE };
	(void)register_sale(&t, &back);
	assert_true(score_of(&t, claim).eligible.minor == 0);
	told_end(&t);
}

static void a_published_model_is_the_one_in_force(void **state)
{
	struct told t;
	struct command c = { .kind = ST_MODEL_PUBLISH };

	(void)state;
	told_start(&t);
	struct uuid claim = good_sale(&t, trade(&t, 5, 0));
	c.body.model_publish.sha256 = sha256(S("a model nobody here knows"));
	c.body.model_publish.effective = t.now;
	(void)tell(&t, nobody, c);
	assert_ptr_equal(score_of(&t, claim).model, score_model(0));
	c.body.model_publish.sha256 = score_model_hash(score_model(0));
	(void)tell(&t, nobody, c);
	assert_ptr_equal(score_of(&t, claim).model, score_model(0));
	told_end(&t);
}

/* A certificate of the first model verifies for ever: its score is the same before and after another is in force. */
static void an_older_model_still_computes(void **state)
{
	static char before[SCORE_ROOM], after[SCORE_ROOM];
	struct told t;
	struct command c = { .kind = ST_MODEL_PUBLISH };
	struct score s, first;

	(void)state;
	told_start(&t);
	struct uuid claim = good_sale(&t, trade(&t, 5, 0));
	assert_true(score_claim_by(t.d, score_model(0), claim, &first));
	put_into(before, &first);
	c.body.model_publish.sha256 = score_model_hash(score_model(1));
	c.body.model_publish.effective = t.now;
	(void)tell(&t, nobody, c);
	s = score_of(&t, claim);
	assert_ptr_equal(s.model, score_model(1));
	assert_ptr_equal(s.model, score_model_by_id(S("perf-2026.2")));
	put_into(after, &s);
	assert_non_null(strstr(after, "perf-2026.2"));
	assert_true(score_claim_by(t.d, score_model(0), claim, &s));
	s.position = first.position; /* the publication is an entry itself */
	s.as_of = first.as_of;
	put_into(after, &s);
	assert_string_equal(after, before);
	told_end(&t);
}

static void a_party_has_a_score_too(void **state)
{
	static char text[SCORE_ROOM];
	struct told t;
	struct score s;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 30, 0);
	assert_true(score_party(t.d, h.anchor, &s));
	assert_true(s.scored && s.score >= 650);
	assert_int_equal(s.observed, 30);
	put_into(text, &s);
	assert_null(strstr(text, "eligible"));
	assert_false(score_party(t.d, nobody, &s));
	assert_false(score_claim(t.d, h.anchor, &s));
	struct uuid unknown = a_supplier(&t);
	assert_true(score_party(t.d, unknown, &s));
	assert_true(s.score <= 650);
	told_end(&t);
}

/* --- appeal and correction --- */

static void correct(struct told *t, uint64_t entry)
{
	struct command c = { .kind = ST_SCORE_CORRECT, .object = told_id(t) };

	c.body.score_correct.input = (int64_t)entry;
	c.body.score_correct.left_out = FLAG_YES;
	(void)tell(t, nobody, c);
}

static void no_part_differs(const struct score *a, const struct score *b)
{
	for (uint32_t i = 0; i < a->n_parts; i++) {
		assert_int_equal(a->part[i].known, b->part[i].known);
		assert_int_equal(a->part[i].value, b->part[i].value);
	}
	assert_int_equal(a->score, b->score);
	assert_int_equal(a->confidence, b->confidence);
}

/* Whatever the entry said, the score is what it was without it. */
static void a_corrected_entry_is_as_if_it_had_never_been(void **state)
{
	static const enum statement_kind kinds[] = { ST_RECEIVABLE_PAY,      ST_RECEIVABLE_OVERDUE,
		                                     ST_RECEIVABLE_DEFAULT,  ST_RECEIVABLE_DISPUTE,
		                                     ST_RECEIVABLE_ADJUST,   ST_FINDING_RAISE,
		                                     ST_RECEIVABLE_WRITE_OFF };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct told t;
		uint64_t entry = 0;

		told_start(&t);
		struct history h = trade(&t, 15, 2);
		struct uuid asked = good_sale(&t, h), wrong = good_sale(&t, h);
		days_pass(&t, 70);
		(void)pay(&t, wrong, h.anchor, 1);
		/* what is open changes with a payment whatever is left out: those end the claim first */
		if (kinds[k] == ST_RECEIVABLE_PAY || kinds[k] == ST_RECEIVABLE_WRITE_OFF)
			(void)credit(&t, wrong, h.supplier, FACE - 2);
		struct score before = score_of(&t, asked);
		if (kinds[k] == ST_RECEIVABLE_PAY)
			entry = pay(&t, wrong, h.anchor, 1);
		else if (kinds[k] == ST_RECEIVABLE_DISPUTE)
			entry = dispute(&t, asked, h.anchor, "C05");
		else if (kinds[k] == ST_RECEIVABLE_ADJUST)
			entry = credit(&t, wrong, h.supplier, 1);
		else if (kinds[k] == ST_FINDING_RAISE) {
			struct uuid f = raise_finding(&t, "D04", "hold", asked, nobody, 0);

			entry = t.n - 1;
			(void)review(&t, f, "confirmed");
		} else
			entry = say_of(&t, kinds[k], wrong, h.anchor);
		struct score with = score_of(&t, asked);
		bool moved = with.scored != before.scored || with.score != before.score;
		for (uint32_t i = 0; i < with.n_parts; i++)
			moved = moved || with.part[i].value != before.part[i].value;
		assert_true(moved || kinds[k] == ST_RECEIVABLE_ADJUST);
		correct(&t, entry);
		struct score after = score_of(&t, asked);
		assert_int_equal(after.scored, before.scored);
		no_part_differs(&after, &before);
		for (uint32_t i = 0; i < after.n_inputs; i++)
			assert_true(after.input[i] != entry);
		correct(&t, entry); /* once is enough */
		after = score_of(&t, asked);
		no_part_differs(&after, &before);
		told_end(&t);
	}
}

/* A confirmation found forged is no signature; an entry that says nothing to a score changes nothing. */
static void a_forged_confirmation_left_out(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct history h = trade(&t, 30, 0);
	struct sale x = { .creditor = h.supplier, .debtor = h.anchor, .face = FACE };
	struct uuid claim = register_sale(&t, &x);
	uint64_t entry = confirm(&t, claim, h.anchor);
	struct score with = score_of(&t, claim);
	correct(&t, 0);
	correct(&t, UINT32_MAX);
	struct score same = score_of(&t, claim);
	no_part_differs(&same, &with);
	assert_int_equal(same.authenticity, SUPPORTED);
	correct(&t, entry);
	assert_int_equal(score_of(&t, claim).authenticity, UNVERIFIED);
	assert_int_equal(score_of(&t, claim).score, 649);
	told_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(good_payers_score_above_bad_ones),
		T(the_same_entries_give_the_same_score),
		T(a_score_has_no_look_ahead),
		T(the_points_explain_the_score_to_the_last),
		T(every_feature_moves_the_score_one_way),
		T(published_models_do_not_change),
		T(the_tables_are_curves),
		T(caps_limit_and_name_themselves),
		T(what_contradicts_leaves_no_score),
		T(lenders_searches_and_regions_do_not_move_it),
		T(association_costs_little),
		T(outcomes_replace_one_another),
		T(old_payments_fade_and_end),
		T(sellers_dilution_and_what_may_be_lent_on),
		T(a_published_model_is_the_one_in_force),
		T(an_older_model_still_computes),
		T(a_party_has_a_score_too),
		T(a_corrected_entry_is_as_if_it_had_never_been),
		T(a_forged_confirmation_left_out),
	};

	return cmocka_run_group_tests_name("t29 score", tests, NULL, NULL);
}
