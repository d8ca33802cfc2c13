/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t95_simulate: the simulated economy: a seed is one history, to the byte; the rules take all of it but what crooks
 * try; nothing in it tells who is one; and detection finds the crooks it is sure of.
 */
#include "test.h"

#include "intake/statement_write.h"
#include "simulate/evaluate.h"

static const char salt[] = "sixteen bytes or more of salt";

/* Everything said, as the JSON it would be signed as. */
struct recorder {
	const struct sim *sim;
	struct outlet below;
	struct hash chain;
	uint32_t said, papers;
	const char *gives_away; /* a word of the truth that was said */
};

static void look_for(struct recorder *r, struct span text, const char *word)
{
	if (word[0] && memmem(text.at, text.len, word, strlen(word)))
		r->gives_away = word;
}

static void look_for_truth(struct recorder *r, struct span text)
{
	static const char *const word[] = { "crook", "scheme", "fraud", "truth", "honest", "recipe" };

	for (size_t i = 0; i < ARRAY_LEN(word); i++)
		look_for(r, text, word[i]);
	for (unsigned i = 1; i < RECIPES; i++)
		look_for(r, text, recipe_name(i));
	for (unsigned i = 1; i < HONEST_CLASSES; i++)
		look_for(r, text, honest_name(i));
}

static enum fault record_say(void *arg, const struct said *x)
{
	struct recorder *r = arg;
	struct command c = *x->c;
	struct pubkey key;
	char text[16384];
	struct writer w = writer_over(text, sizeof text);

	c.salt = span_z(salt);
	if (c.kind == ST_PARTY_ENROL || c.kind == ST_KEY_ENROL) { /* keys come in on the registry's side */
		key = firm_key(r->sim, x->speaker, 0).pub;
		if (c.kind == ST_PARTY_ENROL)
			c.body.party_enrol.keys = (struct jwks){ &key, 1 };
		else
			c.body.key_enrol.jwk = key;
	}
	put_span(&w, (struct span){ (const char *)r->chain.b, HASH_LEN });
	put_u64(&w, x->speaker);
	put_u64(&w, x->key);
	put_i64(&w, x->at.us);
	put_statement_payload(&w, &c);
	assert_false(w.overflow);
	r->chain = sha256(writer_span(&w));
	look_for_truth(r, writer_span(&w));
	r->said++;
	return r->below.say(r->below.arg, x);
}

static void record_submit(void *arg, const struct paper *p)
{
	struct recorder *r = arg;

	r->papers++;
	r->below.submit(r->below.arg, p);
}

static struct sim_setting setting(uint64_t seed, enum prevalence prevalence)
{
	struct sim_setting set = { .seed = seed, .firms = 300, .months = 8, .prevalence = prevalence };

	assert_true(date_parse(S("2024-01-01"), &set.from));
	return set;
}

struct told {
	struct hash chain;
	uint32_t said, papers, surprises, crooked, refused;
};

static struct told tell(uint64_t seed, enum prevalence prevalence)
{
	static struct sim sim;
	static struct shadow shadow;
	struct sim_setting set = setting(seed, prevalence);
	struct recorder r = { .sim = &sim };
	struct outlet out = { &r, record_say, record_submit };
	struct told t;

	memset(&sim, 0, sizeof sim);
	sim.set = set;
	assert_true(shadow_start(&shadow, &sim, (struct moment){ date_start(set.from).us - DAY_US }));
	r.below = shadow_outlet(&shadow);
	assert_true(sim_start(&sim, &set, &out));
	while (sim_day(&sim))
		;
	if (r.gives_away)
		fail_msg("a statement says '%s'", r.gives_away);
	t = (struct told){ r.chain, r.said, r.papers, sim.surprises, 0, 0 };
	for (uint32_t i = 0; i < sim.n_truths; i++) {
		t.crooked += sim.truth[i].part == PART_FRAUD;
		t.refused += sim.truth[i].refused;
		assert_true(!sim.truth[i].refused || sim.truth[i].part == PART_FRAUD);
	}
	shadow_stop(&shadow);
	sim_end(&sim);
	return t;
}

static void a_seed_is_one_history(void **state)
{
	struct told a = tell(5, PREVALENCE_DENSE), b = tell(5, PREVALENCE_DENSE), c = tell(6, PREVALENCE_DENSE);

	(void)state;
	assert_true(a.said > 5000);
	assert_true(a.papers > 0);
	assert_int_equal(a.said, b.said);
	assert_memory_equal(a.chain.b, b.chain.b, HASH_LEN);
	assert_memory_not_equal(a.chain.b, c.chain.b, HASH_LEN);
	assert_int_equal(a.surprises, 0); /* the rules take all but what is tried */
	assert_int_equal(c.surprises, 0);
	assert_true(a.crooked > 20);
	assert_true(a.refused > 0); /* exact doubles, at the least */
}

static void nobody_is_crooked_unless_asked(void **state)
{
	struct told t = tell(7, PREVALENCE_NONE);

	(void)state;
	assert_int_equal(t.crooked, 0);
	assert_int_equal(t.refused, 0);
	assert_int_equal(t.surprises, 0);
}

static uint32_t missed(const struct evaluation *e, enum recipe_row row, unsigned level)
{
	return e->recall[row][level].schemes - e->recall[row][level].caught[SEVERITY_HOLD];
}

/* What must never slip; how much of the rest is found is a figure, not a test. */
static void the_surest_are_caught(void **state)
{
	static struct evaluation e;
	static const enum recipe_row sure[] = { RECIPE_R01, RECIPE_R03, RECIPE_R12 };
	char why[1024] = "";

	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct sim_setting set = setting(seed, PREVALENCE_DENSE);

		if (!evaluate_seed(&set, &e, NULL, why, sizeof why))
			fail_msg("%s", why);
		assert_string_equal(why, "");
	}
	assert_int_equal(e.seeds, 3);
	for (size_t i = 0; i < ARRAY_LEN(sure); i++)
		for (unsigned level = 1; level <= 2; level++) {
			assert_true(e.recall[sure[i]][level].schemes > 0);
			assert_int_equal(missed(&e, sure[i], level), 0);
		}
	assert_true(missed(&e, RECIPE_R02, 1) == 0);
	assert_true(missed(&e, RECIPE_R07, 1) == 0);
	assert_int_equal(e.all.alarmed[SEVERITY_BLOCK], 0); /* no honest claim is turned away */
	assert_true(e.quality.n > 500);
}

static void an_interval_holds_its_rate(void **state)
{
	struct interval none = wilson(0, 20), all = wilson(20, 20), half = wilson(50, 100);

	(void)state;
	assert_true(none.low < 1e-6 && none.at < 1e-6 && none.high > 0.15 && none.high < 0.17); /* Wilson 1927 */
	assert_true(all.high > 0.999 && all.low > 0.83 && all.low < 0.85);
	assert_true(half.low > 0.403 && half.low < 0.405 && half.high > 0.595 && half.high < 0.597);
}

/* Perfect order, no order, and probabilities as they come true. */
static void the_figures_of_a_score(void **state)
{
	struct quality good = { 0 }, none = { 0 };
	struct figures f;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		bool bad = i % 4 == 0;

		quality_add(&good, (struct forecast){ bad ? 100 : 900, bad ? 999990 : 10, bad, 0 });
		quality_add(&none, (struct forecast){ 500, 250000, bad, 0 });
	}
	f = quality_figures(&good);
	assert_true(f.n == 1000 && f.bad == 250 && f.auc > 0.9999 && f.ks > 0.9999 && f.brier_skill > 0.999 &&
	            f.ece < 0.001);
	f = quality_figures(&none);
	assert_true(f.auc > 0.4999 && f.auc < 0.5001 && f.ks < 0.0001 && f.brier_skill < 0.0001 && f.ece < 0.001);
	free(good.at);
	free(none.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_seed_is_one_history),      T(nobody_is_crooked_unless_asked), T(the_surest_are_caught),
		T(an_interval_holds_its_rate), T(the_figures_of_a_score),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
