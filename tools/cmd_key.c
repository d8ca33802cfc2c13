/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_key.c: keys as JWK files of mode 0600. A file that is there is never overwritten: it may be somebody's only key. */
#include <errno.h>

#include "cli.h"
#include "intake/jwk_file.h"
#include "intake/statement_write.h"
#include "jcs.h"
#include "run/clock.h"
#include "run/files.h"
#include "statement_text.h"

static const char *kid_text(struct cli *c, const struct pubkey *k)
{
	char text[HASH_B64 + 1] = "";
	struct writer w = writer_over(text, HASH_B64);

	put_hash64(&w, jwk_thumbprint(k));
	return cli_text(c, "%s", text);
}

static void tell(struct cli *c, const struct pubkey *k)
{
	struct writer w = cli_writer(c);
	struct span jwk;
	struct jcs j;

	put_jwk(&w, k);
	jwk = writer_span(&w);
	w = cli_writer(c);
	j = jcs_free_order(&w);
	jcs_object(&j);
	jcs_member_z(&j, "kid", kid_text(c, k));
	jcs_member_z(&j, "alg", alg_name(k->alg));
	jcs_name(&j, "jwk");
	jcs_raw(&j, jwk);
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
	if (!c->json)
		fprintf(c->out, "kid  %s\nalg  %s\njwk  %.*s\n", kid_text(c, k), alg_name(k->alg), (int)jwk.len,
		        jwk.at);
}

/* Not every 32 bytes are a scalar of a curve; the next ones will be. */
static bool draw_key(enum alg alg, struct privkey *ret)
{
	uint8_t seed[SEED_LEN];
	bool good = false;

	for (int i = 0; i < 64 && !good; i++) {
		clock_random(seed, sizeof seed);
		good = privkey_from_seed(alg, seed, ret);
	}
	secret_wipe(seed, sizeof seed);
	return good;
}

static int cmd_new(struct cli *c)
{
	const char *name = cli_setting(c, "alg", NULL, "Ed25519"), *path = cli_opt(c, "out");
	enum alg alg = alg_parse(span_z(name));
	char room[JWK_FILE_MAX];
	struct writer w = writer_over(room, sizeof room);
	struct privkey k;
	int e;

	if (alg == ALG_NONE)
		return cli_usage(c, "--alg is Ed25519, ES256 or SM2, not %s", name);
	if (!path)
		return cli_usage(c, "where to? Say it with --out FILE");
	if (!draw_key(alg, &k))
		return cli_fail(c, EXIT_REFUSED, "the cryptographic library makes no key");
	put_jwk_private(&w, &k);
	put_byte(&w, '\n');
	e = file_create(path, writer_span(&w), FILE_SECRET);
	secret_wipe(room, sizeof room);
	if (e == EEXIST)
		return cli_fail(c, EXIT_REFUSED,
		                "%s is there already, and a key is never overwritten: choose another name", path);
	if (e != 0)
		return cli_fail(c, EXIT_USAGE, "%s: %s", path, strerror(e));
	tell(c, &k.pub);
	secret_wipe(&k, sizeof k);
	return EXIT_GOOD;
}

static int cmd_show(struct cli *c)
{
	struct pubkey k;

	if (!key_of_file(c, c->arg[0], &k))
		return EXIT_USAGE;
	tell(c, &k);
	return EXIT_GOOD;
}

static const struct option_row new_options[] = {
	{ "out", "FILE", "where it is written, mode 0600" },
	{ "alg", "NAME", "Ed25519 (standard), ES256 or SM2" },
};
static const struct option_row none[] = { { "help", NULL, "this text" } };
static const struct command_row rows[] = {
	COMMAND("key", "new", "", 0, 0, "make a private key", "  counterfoil key new --out alice.jwk", new_options,
	        cmd_new),
	COMMAND("key", "show", "FILE|-", 1, 1, "thumbprint (kid) and public half of a key", NULL, none, cmd_show),
};
const struct command_group key_commands = { rows, ARRAY_LEN(rows) };
