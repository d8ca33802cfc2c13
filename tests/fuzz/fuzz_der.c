/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_der.c: any bytes as DER, as a certificate, as CMS inside and beside a
 * content, as an electronic seal. Nothing made here can be signed by a key we
 * trust, so nothing may be good under one.
 */
#include "cert.h"
#include "cms.h"
#include "crypto.h"
#include "der.h"
#include "ses.h"
#include "sigalg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool inside(struct span s, struct span in) { return !s.at || (s.at >= in.at && s.at + s.len <= in.at + in.len); }

static void as_certificate(struct span in, struct arena *mem)
{
	struct cert_facts f;
	struct moment now = { INT64_C(1795430400) * 1000000 };
	struct cert_question q = { .leaf = in, .crls = &in, .n_crls = 1, .at = now };

	if (cert_read(in, mem, &f)) {
		assert(der_strict(in) && f.n_ids <= CERT_IDS_MAX && utf8_valid(f.subject) && utf8_valid(f.name));
		for (size_t i = 0; i < f.n_ids; i++)
			assert(f.ids[i].value.len && utf8_valid(f.ids[i].value));
	}
	assert(cert_check(&q).end != CERT_GOOD);
	if (sig_key_kind(in) != KEY_NONE)
		assert(der_strict(in));
	assert(!cert_issued_by(in, in) || der_strict(in));
}

static void as_cms(struct span in, struct arena *mem)
{
	struct cms c;

	if (cms_check(in, (struct span){ NULL, 0 }, mem, &c) == CMS_GOOD)
		assert(c.attached && der_strict(in) && inside(c.content, in) && inside(c.signer, in));
	assert(c.n_extra <= CERT_EXTRA_MAX);
	if (cms_check(in, S("content"), mem, &c) == CMS_GOOD)
		assert(!c.attached);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char pool[1 << 20];
	static bool started;
	struct span in = { (const char *)data, len };
	struct arena mem = arena_over(pool, sizeof pool);
	struct ses s;

	if (!started && !crypto_start())
		abort();
	started = true;
	bool strict = der_strict(in);
	as_certificate(in, &mem);
	as_cms(in, &mem);
	if (ses_read(in, &mem, &s) == SES_GOOD) {
		assert(strict && inside(s.signer, in) && inside(s.to_sign, in) && inside(s.data_hash, in));
		(void)ses_check(&s, S("file"));
	}
	return 0;
}
