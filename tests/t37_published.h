/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t37_published.h: the signed files of ../shared/documents, part of
 * t37_authenticity.c. Every file of the folders named here must be in the
 * table with its outcome, so that a new file is noticed; a line per folder
 * says how many came out as stated.
 */

/* ---- OFD ---- */

static bool load_ofd(const char *path, struct package *p)
{
	int e = 0;
	zip_t *z = zip_open(path, ZIP_RDONLY, &e);

	*p = (struct package){ .n = 0 };
	for (zip_int64_t i = 0; z && i < zip_get_num_entries(z, 0); i++) {
		zip_stat_t s;
		assert_int_equal(zip_stat_index(z, (zip_uint64_t)i, 0, &s), 0);
		if (s.name[strlen(s.name) - 1] == '/')
			continue;
		char *at = arena_take(&pki, s.size + 1);
		zip_file_t *f = zip_fopen_index(z, (zip_uint64_t)i, 0);
		assert_true(at && f && zip_fread(f, at, s.size) == (zip_int64_t)s.size);
		zip_fclose(f);
		p->name[p->n] = arena_copy(&pki, span_z(s.name));
		p->bytes[p->n++] = (struct span){ at, s.size };
	}
	if (z)
		zip_discard(z);
	return z != NULL;
}

static void ofd_files(void **state)
{
	static const struct {
		const char *file, *outcome;
		size_t references, uncovered;
	} list[] = {
		/* refs, SM2, maker all hold; nobody pinned these authorities */
		{ "allprotected.ofd", "sealed whole: AUTH-05", 6, 0 },
		{ "draw_param_ref.ofd", "sealed: AUTH-05 AUTH-12", 17, 2 },
		{ "v4signed.ofd", "sealed whole: AUTH-05", 13, 0 },
		{ "h.ofd", "no seal: AUTH-01", 0,
		  0 }, /* two seals: which of them speaks for the document cannot be told */
		{ "helloworld.ofd", "no seal", 0, 0 },
	};
	char path[512];
	struct package p;
	size_t passed = 0;
	(void)state;
	snprintf(path, sizeof path, "%s/documents/fapiao-ofd", shared_dir());
	if (access(path, R_OK) != 0)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		struct trust t = { .now = PKI_NOW };
		struct ofd_seal s;
		snprintf(path, sizeof path, "%s/documents/fapiao-ofd/%s", shared_dir(), list[i].file);
		assert_true(load_ofd(path, &p));
		if (strcmp(ask_ofd(&p, &t), list[i].outcome) != 0)
			fail_msg("%s: %s", list[i].file, ask_ofd(&p, &t));
		struct ofd_parts parts = { &p, find_part, p.name, p.n };
		enum ofd_end end = ofd_seal_check(&parts, &mem, &s);
		assert_int_equal(s.references, list[i].references);
		assert_int_equal(s.uncovered, list[i].uncovered);
		passed++;
		if (end != OFD_GOOD)
			continue;
		/* with its authority pinned it is anchored, at a time when its certificates were good; here by the signer's and
		 * maker's own, because the authority's is not in the file */
		struct trust_anchor a[] = { { S("CN"),
			                      AUTH_OFD_SES,
			                      S("pin"),
			                      true,
			                      s.ses.signer,
			                      { 0 },
			                      { INT64_MAX },
			                      PURPOSE_ANY,
			                      S_INIT("") },
			                    { S("CN"),
			                      AUTH_OFD_SES,
			                      S("pin"),
			                      true,
			                      s.ses.maker,
			                      { 0 },
			                      { INT64_MAX },
			                      PURPOSE_ANY,
			                      S_INIT("") } };
		t = (struct trust){ .now = { s.ses.claimed.us + DAY_US }, .anchors = a, .n_anchors = 2 };
		if (strcmp(list[i].file, "allprotected.ofd") !=
		    0) /* its certificate is a TLS client's that may issue others */
			assert_non_null(strstr(ask_ofd(&p, &t), "sealed anchored"));
		/* any part changed is noticed */
		for (size_t k = 0; k < p.n; k++) {
			struct span was = p.bytes[k];
			if (was.len == 0)
				continue;
			p.bytes[k] = pki_spoilt(was, was.len / 2);
			bool own = span_starts(p.name[k], S("Doc_0/Signs/")) ||
			           memmem(p.name[k].at, p.name[k].len, "TPLS", 4);
			if (!own)
				assert_null(strstr(ask_ofd(&p, &t), "sealed"));
			p.bytes[k] = was;
		}
	}
	printf("  fapiao-ofd: %zu of %zu as stated\n", passed, ARRAY_LEN(list));
}

/* ---- XML ---- */

struct published {
	const char *file;
	int level_most;      /* never above */
	const char *finding; /* the authenticity finding that says why; "" for none */
};
static const struct published xmldsig_files[] = {
	/* enveloping, detached, other signers' formats: outside the one form, whatever a library says of them */
	{ "aleksey-01__enveloping-expired-cert.xml", 0, "AUTH-01" },
	{ "aleksey-01__enveloping-md5-rsa-md5.xml", 0, "AUTH-01" },
	{ "aleksey-01__enveloping-sha1-hmac-sha1-64.xml", 0, "AUTH-01" },
	{ "aleksey-01__enveloping-sha256-rsa-sha256.xml", 0, "AUTH-01" },
	{ "aleksey-01__enveloping-sha384-ecdsa-sha384.xml", 0, "AUTH-01" },
	{ "aleksey-01__enveloping-sha512-rsa-sha512.xml", 0, "AUTH-01" },
	{ "examples__verify-saml-bad-res.xml", 0, "AUTH-01" },
	{ "merlin-exc-c14n-one__exc-signature.xml", 0, "AUTH-01" },
	{ "merlin-twenty-three__signature-enveloped-dsa.xml", 0, "AUTH-01" },
	{ "merlin-twenty-three__signature-x509-crt-crl.xml", 0, "AUTH-01" },
	{ "phaos-three__signature-big.xml", 0, "AUTH-01" },
	{ "phaos-three__signature-rsa-detached-xslt-transform-bad-retrieval-method.xml", 0, "AUTH-01" },
	{ "phaos-three__signature-rsa-enveloped-bad-digest-val.xml", 0, "AUTH-01" },
	{ "phaos-three__signature-rsa-enveloped.xml", 0, "AUTH-01" },
	{ "phaos-three__signature-rsa-xpath-transform-enveloped.xml", 0, "AUTH-01" },
	{ "xmlseclibs__sign-formatted-test.xml", 0, "AUTH-01" },
	{ "xmlseclibs__withcomment-id-uri-object.xml", 0, "AUTH-01" },
};
static const struct published ubl_files[] = {
	{ "UBL-Invoice-2.0-Enveloped.xml", 1, "AUTH-01" }, /* SHA-1, RSA-1024, KeyValue, here() */
};
static const struct published zatca_files[] = {
	/* no XML-DSig: what is signed is not SignedInfo; a profile of its own, not in version 1, so as good as unsigned */
	{ "GeneratorSimplified_Invoice_Signed.xml", 1, "AUTH-01" },
	{ "Simplified_Debit_Note_Signed.xml", 1, "AUTH-01" },
	{ "Simplified_Invoice.xml", 1, "" },
	{ "Standard_Debit_Note_Signed.xml", 1, "AUTH-01" },
	{ "Standard_Invoice.xml", 1, "" },
};
static const struct published peru_files[] = {
	{ "20000000001-01-F001-00000003.xml", 1, "" }, /* its place is empty altogether */
	{ "20000000001-07-F001-1.xml", 1, "AUTH-02" }, { "20000000001-09-T001-123.xml", 1, "AUTH-02" },
	{ "20000000001-20-R001-1.xml", 1, "AUTH-02" }, { "20100454523-08-FD01-211.xml", 1, "AUTH-02" },
};

static void published_folder(const char *folder, const struct published *list, size_t n)
{
	char path[1024];
	size_t files = 0, passed = 0;

	snprintf(path, sizeof path, "%s/documents/%s", shared_dir(), folder);
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir));) {
		const struct published *p = NULL;
		struct document d;
		const char *finding = "";
		if (!strstr(e->d_name, ".xml"))
			continue;
		files++;
		for (size_t i = 0; i < n; i++)
			if (strcmp(list[i].file, e->d_name) == 0)
				p = &list[i];
		if (!p)
			fail_msg("%s/%s has no stated outcome", folder, e->d_name);
		snprintf(path, sizeof path, "documents/%s/%s", folder, e->d_name);
		struct span s = shared_file(path);
		struct trust t = { .now = PKI_NOW };
		mem = arena_over(memory, DOCUMENT_ARENA);
		assert_int_equal(document_read_under(s, &t, &mem, &d), OK);
		for (uint32_t i = 0; i < d.findings.n; i++)
			if (d.findings.at[i].rule >= RULE_AUTH_PROFILE)
				finding = document_rule_info((enum doc_rule)d.findings.at[i].rule)->id;
		if (d.level > p->level_most || strcmp(finding, p->finding) != 0 || d.signature.present)
			fail_msg("%s/%s: level %d, %s", folder, e->d_name, d.level, finding);
		passed++;
		free((void *)(uintptr_t)s.at);
	}
	closedir(dir);
	printf("  %s: %zu of %zu as stated\n", folder, passed, files);
	assert_int_equal(files, n);
}

static void published_xml(void **state)
{
	(void)state;
	char path[512];
	snprintf(path, sizeof path, "%s/documents/xmldsig", shared_dir());
	if (access(path, R_OK) != 0)
		skip();
	published_folder("xmldsig", xmldsig_files, ARRAY_LEN(xmldsig_files));
	published_folder("ubl-signed", ubl_files, ARRAY_LEN(ubl_files));
	published_folder("ubl-signed-zatca", zatca_files, ARRAY_LEN(zatca_files));
	published_folder("peru-unsigned", peru_files, ARRAY_LEN(peru_files));
}

/*
 * The enveloping vectors of the manifest whose cryptography is good: our
 * canonical bytes, signatures and paths must say so too, and the expired and
 * the altered one must not.
 */
static struct span pem_to_der(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "documents/xmldsig/certs/%s", name);
	struct span s = shared_file(path);
	BIO *b = BIO_new_mem_buf(s.at, (int)s.len);
	X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);
	assert_non_null(x);
	struct span der = cert_der(x);
	X509_free(x);
	BIO_free(b);
	free((void *)(uintptr_t)s.at);
	return der;
}

static void vector(const char *file, struct sigalg alg, enum cert_end with, const char *at)
{
	char path[256];
	struct xml_verdict v;
	struct span info, object, value, digest, leaf = NO_SPAN, extra[CERT_EXTRA_MAX];
	struct span anchors[] = { pem_to_der("cacert.pem") };
	size_t n = 0;

	snprintf(path, sizeof path, "documents/xmldsig/%s", file);
	struct span s = shared_file(path);
	xmlDocPtr doc = xml_dom(s, &v);
	assert_non_null(doc);
	const xmlNode *sig = xmlDocGetRootElement(doc), *si = dom_only(sig, XDS, "SignedInfo");
	const xmlNode *ref = dom_only(si, XDS, "Reference"),
		      *data = dom_only(dom_only(sig, XDS, "KeyInfo"), XDS, "X509Data");
	assert_true(dom_canonical(doc, si, XML_C14N_1_0, &pki, &info));
	assert_true(dom_canonical(doc, dom_only(sig, XDS, "Object"), XML_C14N_1_0, &pki, &object));
	assert_true(dom_base64(dom_only(sig, XDS, "SignatureValue"), &pki, &value));
	assert_true(dom_base64(dom_only(ref, XDS, "DigestValue"), &pki, &digest));
	for (const xmlNode *c = dom_child(data); c; c = dom_next(c))
		if (dom_is(c, XDS, "X509Certificate")) {
			struct span *to = leaf.len ? &extra[n++] : &leaf;
			assert_true(dom_base64(c, &pki, to));
		}
	xmlFreeDoc(doc);
	free((void *)(uintptr_t)s.at);
	assert_true(digest_is(alg.digest, object, digest));
	assert_true(sig_check(leaf, alg, SIG_RAW, info, value));
	assert_false(sig_check(leaf, alg, SIG_RAW, pki_spoilt(info, 9), value));
	struct cert_question q = { leaf, extra, n, anchors, 1, NULL, 0, at_text(at) };
	assert_int_equal(cert_check(&q).end, with);
	q.n_trusted = 0;
	assert_int_equal(cert_check(&q).end, CERT_UNKNOWN);
}

static void vectors(void **state)
{
	(void)state;
	char path[512];
	snprintf(path, sizeof path, "%s/documents/xmldsig/certs", shared_dir());
	if (access(path, R_OK) != 0)
		skip();
	const char *now = "2026-11-23T12:00:00Z";
	vector("aleksey-01__enveloping-sha256-rsa-sha256.xml", (struct sigalg){ KEY_RSA, DIGEST_SHA256 }, CERT_GOOD,
	       now);
	vector("aleksey-01__enveloping-sha512-rsa-sha512.xml", (struct sigalg){ KEY_RSA, DIGEST_SHA512 }, CERT_GOOD,
	       now);
	vector("aleksey-01__enveloping-sha384-ecdsa-sha384.xml", (struct sigalg){ KEY_EC, DIGEST_SHA384 }, CERT_GOOD,
	       now);
}

/* ---- bills of lading: the published examples carry no signature that could verify ---- */

static void published_bills(void **state)
{
	(void)state;
	char path[1024];
	size_t files = 0;
	snprintf(path, sizeof path, "%s/documents/dcsa-ebl", shared_dir());
	DIR *dir = opendir(path);
	if (!dir)
		skip();
	for (struct dirent *e; (e = readdir(dir));) {
		struct authentic a;
		struct trust t = { .now = PKI_NOW };
		if (!strstr(e->d_name, ".json"))
			continue;
		snprintf(path, sizeof path, "documents/dcsa-ebl/%s", e->d_name);
		struct span s = shared_file(path);
		mem = arena_over(memory, DOCUMENT_ARENA);
		authentic_bytes(s, &t, &mem, &a);
		assert_true(a.profile == AUTH_NONE && a.n_notes == 0 &&
		            span_eq(a.content, s)); /* unsigned: level 1 at most */
		files++;
		/* every string in it that looks like a JWS is a random one, and must not verify */
		for (const char *at = s.at; (at = strstr(at, "\"eyJ")) != NULL; at++) {
			const char *end = strchr(at + 1, '"');
			struct jws_bl j;
			if (end)
				assert_int_not_equal(jws_bl_check((struct span){ at + 1, (size_t)(end - at - 1) },
				                                  platform, 2, &mem, &j),
				                     JWS_GOOD);
		}
		free((void *)(uintptr_t)s.at);
	}
	closedir(dir);
	printf("  dcsa-ebl: %zu of %zu as stated (unsigned)\n", files, files);
}
