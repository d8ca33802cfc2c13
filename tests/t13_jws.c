/* SPDX-License-Identifier: Apache-2.0 */
/* t13: compact JWS: the RFCs' examples, what is refused and why, and that no received bit can be changed unseen. */
#include "jws.h"
#include "vectors.h"

static char pool[1 << 16];

static struct arena fresh(void) { return arena_over(pool, sizeof pool); }

#define RFC7515_A3                                                                                       \
	"eyJhbGciOiJFUzI1NiJ9"                                                                           \
	"."                                                                                              \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ" \
	"."                                                                                              \
	"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define RFC8037_A4                            \
	"eyJhbGciOiJFZERTQSJ9"                \
	"."                                   \
	"RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc" \
	"."                                   \
	"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

static const struct {
	const char *why;
	enum alg alg;
	const char *x, *y;
	struct span jws;
	const char *header, *payload;
} known[] = {
	{ "RFC 7515 A.3", ALG_ES256, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
	  "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", S_INIT(RFC7515_A3), "{\"alg\":\"ES256\"}",
	  "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}" },
	{ "RFC 8037 A.4", ALG_ED25519, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", NULL, S_INIT(RFC8037_A4),
	  "{\"alg\":\"EdDSA\"}", "Example of Ed25519 signing" },
};

static void known_jws(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct arena mem = fresh();
		struct pubkey k = { .alg = known[i].alg };
		struct jws j;

		assert_true(b64url_fixed(span_z(known[i].x), k.raw, 32));
		if (known[i].y)
			assert_true(b64url_fixed(span_z(known[i].y), k.raw + 32, 32));
		assert_true(jws_split(known[i].jws, &mem, &j));
		assert_true(span_is(j.header, known[i].header));
		assert_true(span_is(j.payload, known[i].payload));
		if (!sig_verify(&k, j.signed_part, j.sig))
			fail_msg("refused: %s", known[i].why);
	}
}

#define SIG86 "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

static const struct {
	const char *why;
	struct span s;
	bool want;
} forms[] = {
	{ "the least there is", S_INIT("e30.e30." SIG86), true },
	{ "nothing", S_INIT(""), false },
	{ "two dots alone", S_INIT(".."), false },
	{ "one part", S_INIT("e30"), false },
	{ "two parts", S_INIT("e30.e30"), false },
	{ "a fourth part", S_INIT("e30.e30." SIG86 ".e30"), false },
	{ "a fourth part, empty", S_INIT("e30.e30." SIG86 "."), false },
	{ "empty header", S_INIT(".e30." SIG86), false },
	{ "empty payload (detached)", S_INIT("e30.." SIG86), false },
	{ "empty signature (alg none)", S_INIT("e30.e30."), false },
	{ "signature one byte short",
	  S_INIT("e30.e30.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0K"),
	  false },
	{ "signature one byte long", S_INIT("e30.e30." SIG86 "A"), false },
	{ "signature with other trailing bits",
	  S_INIT("e30.e30.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAh"),
	  false },
	{ "padding in the header", S_INIT("eyJ9fQ==.e30." SIG86), false },
	{ "trailing bits in the payload", S_INIT("e30.e31." SIG86), false },
	{ "line feed behind", S_INIT("e30.e30." SIG86 "\n"), false },
	{ "space before", S_INIT(" e30.e30." SIG86), false },
	{ "standard base64", S_INIT("e30.+/+/." SIG86), false },
	{ "a zero byte in the payload", S_INIT("e30.e3\0A." SIG86), false },
	{ "JSON serialisation", S_INIT("{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"" SIG86 "\"}"),
	  false },
};

static void form_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct arena mem = fresh();
		struct jws j = { .header = S_INIT("untouched") };

		if (jws_split(forms[i].s, &mem, &j) != forms[i].want)
			fail_msg("jws: %s", forms[i].why);
		if (!forms[i].want)
			assert_true(span_is(j.header, "untouched"));
	}
}

static void no_room(void **state)
{
	char small[64];
	struct arena mem = arena_over(small, sizeof small);
	struct jws j;

	(void)state;
	assert_false(jws_split(S(RFC7515_A3), &mem, &j));
	assert_false(arena_ok(&mem)); /* so the caller can tell "too big" from "malformed" */
}

static void round_trip(enum alg alg)
{
	uint8_t seed[SEED_LEN] = { 3, 1, 4, 1, 5 };
	char text[4096], want[256];
	struct privkey p;
	struct jws j;

	assert_true(privkey_from_seed(alg, seed, &p));
	for (size_t len = 1; len < 2000; len = len * 2 + 1) {
		struct arena mem = fresh();
		struct writer w = writer_over(text, sizeof text), h = writer_over(want, sizeof want);
		struct span payload = { pool + 32768, len };

		memset(pool + 32768, (int)len, len);
		put_z(&w, "before ");
		assert_true(jws_sign(&p, "counterfoil+jws", payload, &w));
		assert_true(span_starts(writer_span(&w), S("before ")));
		struct span made = { text + 7, w.len - 7 };
		assert_true(jws_split(made, &mem, &j));
		assert_true(span_eq(j.payload, payload));
		assert_true(sig_verify(&p.pub, j.signed_part, j.sig));
		put_z(&h, "{\"alg\":\"");
		put_z(&h, alg_name(alg));
		put_z(&h, "\",\"kid\":\"");
		put_hash64(&h, jwk_thumbprint(&p.pub));
		put_z(&h, "\",\"typ\":\"counterfoil+jws\"}");
		assert_true(span_eq(j.header, writer_span(&h)));
		/* exactly enough room is enough; one byte less is not */
		struct writer exact = writer_over(text, made.len);
		assert_true(jws_sign(&p, "counterfoil+jws", payload, &exact));
		exact = writer_over(text, made.len - 1);
		assert_false(jws_sign(&p, "counterfoil+jws", payload, &exact));
	}
}

static void round_trips(void **state)
{
	(void)state;
	round_trip(ALG_ED25519);
	round_trip(ALG_ES256);
	round_trip(ALG_SM2);
}

/* Any one byte of a JWS, changed to any other, makes it malformed or the signature wrong. */
static void no_twin(void **state)
{
	char text[512];
	uint8_t seed[SEED_LEN] = { 1 };
	struct privkey p;
	struct writer w = writer_over(text, sizeof text);
	struct jws j;
	size_t split = 0, n = 0;

	(void)state;
	assert_true(privkey_from_seed(ALG_ED25519, seed, &p));
	assert_true(jws_sign(&p, "t", S("{\"a\":1}"), &w));
	for (size_t at = 0; at < w.len; at++)
		for (int c = 1; c < 256; c += at % 7 == 0 ? 1 : 11) {
			struct arena mem = fresh();

			text[at] = (char)(text[at] ^ c);
			n++;
			if (jws_split(writer_span(&w), &mem, &j)) {
				split++;
				assert_false(sig_verify(&p.pub, j.signed_part, j.sig));
			}
			text[at] = (char)(text[at] ^ c);
		}
	print_message("one byte changed: %zu, still in form %zu, valid 0\n", n, split);
	assert_true(split > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(known_jws), T(form_rows), T(no_room), T(round_trips), T(no_twin) };

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
