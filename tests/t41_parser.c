/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t41_parser.c: documents through the confined process.
 *
 * The fork server is started with the real job, and with jobs that do what a
 * reader taken over by its document would try. After each of them the server
 * must still read a good document.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "xmlsign.h"

#include "crypto.h"
#include "intake/authenticity.h"
#include "intake/document.h"
#include "intake/trust_wire.h"
#include "jws.h"
#include "service/parser.h"
#include "pdfmake.h"
#include "zipmake.h"

#define MEMORY ((size_t)32 << 20)

static void *memory;
static char good[16384];
static size_t good_len;

static int start(void **state)
{
	(void)state;
	FILE *f = fopen("tests/documents/invoice-cny.xml", "rb");
	if (!f)
		return -1;
	good_len = fread(good, 1, sizeof good, f);
	fclose(f);
	memory = malloc(MEMORY); /* children count it against their limit, so no more than needed */
	return memory && crypto_start() && document_start() ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static int64_t now_us(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum fault ask(struct parser *p, struct span bytes, struct document *d)
{
	struct arena mem = arena_over(memory, MEMORY);
	return parser_document(p, bytes, &mem, d);
}

static void expect_good(struct parser *p)
{
	struct document d;
	assert_int_equal(ask(p, (struct span){ good, good_len }, &d), OK);
	assert_int_equal(d.level, DOC_L1);
	assert_int_equal(d.payable.minor, 214700);
	assert_true(span_is(d.number, "T-2026-0001"));
}

static void good_document(void **state)
{
	(void)state;
	static char a[1 << 16], b[1 << 16];
	struct parser p;
	struct document there, here;
	assert_true(parser_start(&p));
	expect_good(&p);
	/* the same as without the pipe */
	assert_int_equal(ask(&p, (struct span){ good, good_len }, &there), OK);
	struct writer w = writer_over(a, sizeof a), v = writer_over(b, sizeof b);
	put_document_json(&w, &there);
	struct arena mem = arena_over(memory, MEMORY);
	assert_int_equal(document_read((struct span){ good, good_len }, &mem, &here), OK);
	put_document_json(&v, &here);
	assert_true(span_eq(writer_span(&w), writer_span(&v)));
	assert_int_equal(ask(&p, S("no document at all"), &there), OK);
	assert_int_equal(there.kind, DOC_OPAQUE);
	assert_int_equal(ask(&p, S(""), &there), OK);
	assert_int_equal(ask(&p, (struct span){ good, DOCUMENT_MAX + 1 }, &there), E_TOO_BIG);
	expect_good(&p);
	parser_stop(&p);
}

/* Every kind, with whatever its reader and its rules need. */
static void other_kinds(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum doc_kind kind;
	} row[] = {
		{ "cii-invoice.xml", DOC_CII_INVOICE },
		{ "debit-note.xml", DOC_UBL_DEBIT_NOTE },
		{ "order.xml", DOC_UBL_ORDER },
		{ "order-change.xml", DOC_UBL_ORDER_CHANGE },
		{ "order-cancellation.xml", DOC_UBL_ORDER_CANCELLATION },
		{ "order-response.xml", DOC_UBL_ORDER_RESPONSE },
		{ "despatch.xml", DOC_UBL_DESPATCH_ADVICE },
		{ "receipt.xml", DOC_UBL_RECEIPT_ADVICE },
		{ "application-response.xml", DOC_UBL_APPLICATION_RESPONSE },
		{ "inventory.xml", DOC_UBL_INVENTORY_REPORT },
		{ "weight.xml", DOC_UBL_WEIGHT_STATEMENT },
		{ "camt052.xml", DOC_CAMT_052 },
		{ "camt053.xml", DOC_CAMT_053 },
		{ "camt054.xml", DOC_CAMT_054 },
	};
	struct parser p;
	assert_true(parser_start(&p));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		static char bytes[32768];
		char path[128];
		struct document d;
		snprintf(path, sizeof path, "tests/documents/%s", row[i].file);
		FILE *f = fopen(path, "rb");
		assert_non_null(f);
		size_t len = fread(bytes, 1, sizeof bytes, f);
		fclose(f);
		assert_int_equal(ask(&p, (struct span){ bytes, len }, &d), OK);
		assert_int_equal(d.kind, row[i].kind);
		assert_int_equal(d.level, DOC_L1);
	}
	parser_stop(&p);
}

/* Each family of formats brings a library: all of them must work where nothing may be opened, asked or printed. */
static void every_family(void **state)
{
	(void)state;
	static char a[1 << 16], b[1 << 16];
	static struct archive package;
	static const struct made parts[] = {
		{ .name = "OFD.xml",
		  .deflate = true,
		  .body = S_INIT("<o:OFD xmlns:o='http://www.ofdspec.org/2016'><o:DocBody>"
		                 "<o:DocRoot>D.xml</o:DocRoot></o:DocBody></o:OFD>") },
		{ .name = "D.xml",
		  .body = S_INIT("<o:Document xmlns:o='http://www.ofdspec.org/2016'><o:Attachments>A.xml"
		                 "</o:Attachments></o:Document>") },
		{ .name = "A.xml",
		  .body = S_INIT("<o:Attachments xmlns:o='http://www.ofdspec.org/2016'><o:Attachment>"
		                 "<o:FileLoc>original_invoice.xml</o:FileLoc></o:Attachment></o:Attachments>") },
		{ .name = "original_invoice.xml", .body = S_INIT("<eInvoice/>") },
	};
	static const struct span xml = S_INIT("<Order xmlns='urn:x'/>");
	static struct pdf_made pdf;
	pdf_begin(&pdf);
	pdf_object(&pdf, "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(f) 3 0 R] >> >> >>",
	           NULL);
	pdf_object(&pdf, "<< /Type /Pages /Kids [] /Count 0 >>", NULL);
	pdf_object(&pdf, "<< /F (factur-x.xml) /EF << /F 4 0 R >> >>", NULL);
	pdf_object(&pdf, "", &xml);
	struct {
		struct span bytes;
		int kind;
	} row[] = {
		{ zip_make(&package, parts, ARRAY_LEN(parts)), DOC_FAPIAO_OFD },
		{ pdf_end(&pdf, ""),
		  DOC_OPAQUE }, /* not an invoice: and that is what the child says, not that it died */
		{ S("%PDF-1.7\nbroken"), DOC_OPAQUE },
		{ S("PK\3\4broken"), DOC_OPAQUE },
		{ S("{\"surrenderRequestReference\":\"a\",\"x\":[1.5,2]}"), DOC_DCSA_BILL_OF_LADING },
		{ S("{\"document\":\"warehouse-receipt/1\"}"), DOC_WAREHOUSE_RECEIPT },
		{ S("<EInvoice/>"), DOC_FAPIAO_XML },
	};
	struct parser p;
	assert_true(parser_start(&p));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct document there, here;
		struct writer w = writer_over(a, sizeof a), v = writer_over(b, sizeof b);
		assert_int_equal(ask(&p, row[i].bytes, &there), OK);
		put_document_json(&w, &there);
		struct arena mem = arena_over(memory, MEMORY);
		assert_int_equal(document_read(row[i].bytes, &mem, &here), OK);
		put_document_json(&v, &here);
		assert_int_equal(here.kind, row[i].kind);
		assert_true(here.findings.n > 0);
		if (!span_eq(writer_span(&w), writer_span(&v)))
			fail_msg("%zu: %.*s", i, (int)w.len, w.at);
	}
	expect_good(&p);
	parser_stop(&p);
}

static void two_hundred(void **state)
{
	(void)state;
	struct parser p;
	assert_true(parser_start(&p));
	int64_t t = now_us(CLOCK_MONOTONIC);
	for (int i = 0; i < 200; i++)
		expect_good(&p);
	printf("  %d us a document through the confined process\n", (int)((now_us(CLOCK_MONOTONIC) - t) / 200));
	struct arena mem = arena_over(memory, MEMORY);
	struct document d;
	t = now_us(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < 200; i++) {
		arena_reset(&mem);
		assert_int_equal(document_read((struct span){ good, good_len }, &mem, &d), OK);
	}
	printf("  %d us of processor by document_read alone (%zu bytes)\n",
	       (int)((now_us(CLOCK_PROCESS_CPUTIME_ID) - t) / 200), good_len);
	parser_stop(&p);
}

/* The largest documents the limits let through must pass inside the memory a child has. */
static void large_document(void **state)
{
	(void)state;
	static const char head[] = "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' "
				   "xmlns:a='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' "
				   "xmlns:b='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>";
	static const char line[] =
		"<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode='EA'>1</b:InvoicedQuantity>"
		"<b:LineExtensionAmount currencyID='CNY'>1.00</b:LineExtensionAmount><a:Item><b:Name>%0900d</b:Name>"
		"</a:Item></a:InvoiceLine>";
	char *big = malloc(DOCUMENT_MAX + 2048);
	struct parser p;
	struct document d;
	assert_non_null(big);
	size_t len = (size_t)snprintf(big, 1024, "%s", head);
	for (int i = 0; i < 9000; i++)
		len += (size_t)snprintf(big + len, 2048, line, i);
	len += (size_t)snprintf(big + len, 64, "</Invoice>");
	assert_true(len < DOCUMENT_MAX);
	assert_true(parser_start(&p));
	int64_t t = now_us(CLOCK_MONOTONIC);
	assert_int_equal(ask(&p, (struct span){ big, len }, &d), OK);
	printf("  %zu bytes, 9000 lines: %d ms\n", len, (int)((now_us(CLOCK_MONOTONIC) - t) / 1000));
	assert_int_equal(d.kind, DOC_UBL_INVOICE);
	assert_int_equal(d.lines.n, 9000);
	expect_good(&p);
	parser_stop(&p);
	free(big);
}

/* ---- signatures: the confined child may do all it takes to judge them ---- */

static void signed_documents(void **state)
{
	(void)state;
	EVP_PKEY *keys[] = { key_rsa(2048, 65537), key_ec("P-256"), key_sm2() }, *ca_key = key_ec("P-256");
	X509 *ca = make_ca("Root", ca_key);
	struct span der = cert_der(ca), crl = make_crl(ca, ca_key, 99, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
	struct trust_anchor a[] = {
		{ S("CN"), AUTH_XMLDSIG, S("root"), false, der, { 0 }, { INT64_MAX }, PURPOSE_ANY, S_INIT("") },
		{ S("CN"), AUTH_CMS, S("root"), false, der, { 0 }, { INT64_MAX }, PURPOSE_ANY, S_INIT("") }
	};
	struct privkey priv;
	uint8_t seed[SEED_LEN] = { 7 };
	assert_true(privkey_from_seed(ALG_ED25519, seed, &priv));
	struct trust_key k = { priv.pub, S("91320000MA1TE5T10H"), S(""), { 0 }, { INT64_MAX } };
	struct trust t = { PKI_NOW, a, 2, &k, 1, &crl, 1 };
	struct span plain = { good, good_len };
	struct span text = pki_replace(plain, S("</Invoice>"), S("@SIG@</Invoice>")), list[6];
	size_t n = 0;
	for (size_t i = 0; i < 3; i++) {
		X509 *x = make_leaf("Signer", "VATCN-91320000MA1TE5T10H", keys[i], ca, ca_key);
		if (i < 2)
			list[n++] = xsign((struct xmaker){ .text = text, .key = keys[i], .cert = cert_der(x) });
		list[n++] =
			make_cms((struct cms_maker){ .key = keys[i], .cert = x, .content = plain, .attributes = true });
		X509_free(x);
	}
	struct writer w = writer_in(&pki);
	assert_true(jws_sign(&priv, "counterfoil-document+jws", plain, &w));
	list[n++] = writer_done(&w, &pki);
	struct parser p;
	struct document d;
	assert_true(parser_start(&p));
	for (size_t i = 0; i < n; i++) {
		struct arena mem = arena_over(memory, MEMORY);
		assert_int_equal(parser_document_under(&p, list[i], &t, &mem, &d), OK);
		if (d.level != DOC_L2)
			fail_msg("%zu: level %d, %d findings", i, d.level, (int)d.findings.n);
		assert_true(d.payable.minor == 214700);
		/* nothing of the trust stays behind */
		mem = arena_over(memory, MEMORY);
		assert_int_equal(parser_document(&p, list[i], &mem, &d), OK);
		assert_int_equal(d.level, DOC_L1);
		int64_t from = now_us(CLOCK_PROCESS_CPUTIME_ID);
		for (int r = 0; r < 50; r++) {
			mem = arena_over(memory, MEMORY);
			assert_int_equal(document_read_under(list[i], &t, &mem, &d), OK);
		}
		printf("  %s %d us of processor\n", auth_profile_name((enum auth_profile)d.signature.profile),
		       (int)((now_us(CLOCK_PROCESS_CPUTIME_ID) - from) / 50));
	}
	/* a trust beyond its limits is refused here, not there */
	struct arena mem = arena_over(memory, MEMORY);
	t.n_anchors = TRUST_ANCHORS_MAX + 1;
	assert_int_equal(parser_document_under(&p, plain, &t, &mem, &d), E_TOO_BIG);
	expect_good(&p);
	parser_stop(&p);
	X509_free(ca);
	EVP_PKEY_free(ca_key);
	for (size_t i = 0; i < 3; i++)
		EVP_PKEY_free(keys[i]);
}

static void trust_on_the_wire(void **state)
{
	(void)state;
	struct trust_anchor a = { S("CN"), AUTH_OFD_SES, S("tax"),    true,      S("certificate"),
		                  { 1 },   { 2 },        PURPOSE_ANY, S_INIT("") };
	struct trust_key k = { { .alg = ALG_SM2 }, S("u"), S("l"), { 3 }, { 4 } };
	struct span crl = S("list");
	struct trust t = { { 5 }, &a, 1, &k, 1, &crl, 1 }, back;
	static char wire[4096], room[1 << 16];
	struct writer w = writer_over(wire, sizeof wire);
	struct arena mem = arena_over(room, sizeof room);
	put_trust_wire(&w, &t);
	struct span all = writer_span(&w);
	assert_int_equal(trust_wire_read(all, &mem, &back), OK);
	assert_true(back.now.us == 5 && back.n_anchors == 1 && back.n_keys == 1 && back.n_crls == 1);
	assert_true(back.anchors[0].authority && back.anchors[0].profile == AUTH_OFD_SES &&
	            back.anchors[0].until.us == 2);
	assert_true(span_is(back.anchors[0].certificate, "certificate") && span_is(back.crls[0], "list"));
	assert_true(back.keys[0].key.alg == ALG_SM2 && span_is(back.keys[0].lei, "l"));
	for (size_t n = 0; n < all.len; n++) /* cut anywhere, and with something behind */
		assert_int_equal(trust_wire_read((struct span){ wire, n }, &mem, &back), E_BAD_REQUEST);
	assert_int_equal(trust_wire_read((struct span){ wire, all.len + 1 }, &mem, &back), E_BAD_REQUEST);
}

/* ---- what a child taken over might do; the document's first word says which ---- */

static volatile unsigned sink;

static struct span wire_good(struct span bytes, struct arena *mem)
{
	struct document d;
	if (document_read(bytes, mem, &d) != OK)
		return (struct span){ NULL, 0 };
	struct writer w = writer_in(mem);
	put_document_wire(&w, &d);
	return writer_done(&w, mem);
}

static struct span hostile(struct span bytes, struct span trust, struct arena *mem)
{
	(void)trust;
	if (span_is(bytes, "loop"))
		for (;;)
			sink++;
	if (span_is(bytes, "sleep")) { /* time without processor: nobody may wait for it */
		int word = 0;
		for (;;)
			(void)syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0);
	}
	if (span_is(bytes, "memory"))
		for (;;) {
			char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (at == MAP_FAILED)
				return (struct span){ NULL, 0 };
			memset(at, 1, 1 << 20);
		}
	if (span_is(bytes, "crash"))
		raise(SIGSEGV);
	if (span_is(bytes, "open"))
		(void)open("/etc/hostname", O_RDONLY | O_CLOEXEC);
	if (span_is(bytes, "socket"))
		(void)socket(AF_INET, SOCK_STREAM, 0);
	if (span_is(bytes, "fork"))
		(void)fork();
	if (span_is(bytes, "exec"))
		execl("/bin/true", "true", (char *)NULL);
	if (span_is(bytes, "kill"))
		kill(getppid(), SIGKILL);
	if (span_is(bytes, "write")) /* to anything but its answer */
		sink += write(2, "x", 1) == 1;
	if (span_is(bytes, "code"))
		(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (span_is(bytes, "twist")) { /* first data, then code */
		char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		(void)mprotect(at, 4096, PROT_READ | PROT_EXEC);
	}
	if (span_is(bytes, "file")) /* a descriptor that is not there is no way to one that is */
		(void)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
#if defined(__x86_64__)
	if (span_is(bytes,
	            "gate")) { /* the other door into the kernel, where the same numbers mean other calls: 20 is getpid */
		int64_t number = 20;
		__asm__ volatile("int $0x80" : "+a"(number) : : "memory");
		sink += (unsigned)number;
	}
	if (span_is(bytes, "x32"))
		sink += (unsigned)syscall(0x40000000 + SYS_getpid);
#endif
	if (span_starts(bytes, S("call "))) {
		long number = strtol(bytes.at + 5, NULL, 10);
		(void)syscall(number, 0L, 0L, 0L, 0L, 0L, 0L);
	}
	if (span_is(bytes, "flood")) {
		char *at = arena_take(mem, DOCUMENT_WIRE_MAX + 4096);
		return (struct span){ at, DOCUMENT_WIRE_MAX + 4096 };
	}
	if (span_is(bytes, "garbage"))
		return S("CFD1 and then nothing that makes sense");
	if (span_is(bytes, "another")) /* the model of a document it was not given */
		return wire_good((struct span){ good, good_len }, mem);
	if (span_is(bytes, "nothing"))
		return (struct span){ NULL, 0 };
	return wire_good(bytes, mem);
}

static void hostile_documents(void **state)
{
	(void)state;
	static const char *const word[] = {
		"open",
		"socket",
		"fork",
		"exec",
		"kill",
		"write",
		"code",
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
		"twist", /* a sanitizer needs mprotect */
#endif
		"file",
#if defined(__x86_64__)
		"gate",
		"x32",
#endif
		"crash",
		"garbage",
		"another",
		"nothing",
		"flood",
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
		"memory", /* a sanitizer's shadow does not fit under the limit, so it is off there */
#endif
		"loop",
		"sleep",
	};
	struct parser p;
	assert_true(parser_start_job(hostile, &p));
	expect_good(&p);
	for (size_t i = 0; i < ARRAY_LEN(word); i++) {
		struct document d;
		int64_t t = now_us(CLOCK_MONOTONIC);
		assert_int_equal(ask(&p, span_z(word[i]), &d), OK);
		assert_int_equal(d.kind, DOC_OPAQUE);
		assert_int_equal(d.level, DOC_L0);
		assert_int_equal(d.findings.n, 1);
		assert_int_equal(d.findings.at[0].rule, RULE_LIMIT);
		assert_true(hash_eq(d.sha256, sha256(span_z(word[i]))));
		printf("  %-8s %5d ms  %.*s\n", word[i], (int)((now_us(CLOCK_MONOTONIC) - t) / 1000),
		       (int)d.findings.at[0].detail.len, d.findings.at[0].detail.at);
		expect_good(&p);
	}
	parser_stop(&p);
}

/* Ways out that are no reading: other files, other processes, other powers, other memory. None returns to its caller. */
static void no_other_call(void **state)
{
	static const long calls[] = {
		SYS_read,
		SYS_openat,
		SYS_openat2,
		SYS_execveat,
		SYS_clone,
		SYS_clone3,
		SYS_ptrace,
		SYS_process_vm_readv,
		SYS_process_vm_writev,
		SYS_pidfd_open,
		SYS_pidfd_getfd,
		SYS_tgkill,
		SYS_kill,
		SYS_prctl,
		SYS_seccomp,
		SYS_setresuid,
		SYS_capset,
		SYS_personality,
		SYS_prlimit64,
		SYS_unshare,
		SYS_setns,
		SYS_mount,
		SYS_chroot,
		SYS_bpf,
		SYS_userfaultfd,
		SYS_io_uring_setup,
		SYS_memfd_create,
		SYS_shmget,
		SYS_keyctl,
		SYS_add_key,
		SYS_connect,
		SYS_sendto,
		SYS_sendmsg,
		SYS_socketpair,
		SYS_writev,
		SYS_pwrite64,
		SYS_dup,
		SYS_dup3,
		SYS_fcntl,
		SYS_ioctl,
		SYS_unlinkat,
		SYS_renameat2,
		SYS_statx,
		SYS_getdents64,
		SYS_readlinkat,
		SYS_perf_event_open,
		SYS_getppid,
		SYS_uname,
	};
	struct parser p;

	(void)state;
	assert_true(parser_start_job(hostile, &p));
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		char word[32];
		struct document d;

		snprintf(word, sizeof word, "call %ld", calls[i]);
		assert_int_equal(ask(&p, span_z(word), &d), OK);
		if (d.findings.n != 1 || d.findings.at[0].rule != RULE_LIMIT)
			fail_msg("call %ld came back", calls[i]);
	}
	expect_good(&p);
	parser_stop(&p);
}

static void server_killed(void **state)
{
	(void)state;
	struct parser p;
	struct document d = { .kind = 77 };
	assert_true(parser_start(&p));
	expect_good(&p);
	assert_int_equal(kill(p.pid, SIGKILL), 0);
	assert_int_equal(ask(&p, (struct span){ good, good_len }, &d), E_UNAVAILABLE);
	assert_int_equal(ask(&p, (struct span){ good, good_len }, &d), E_UNAVAILABLE);
	assert_int_equal(d.kind, 77);
	parser_stop(&p);
}

static void *asker(void *arg)
{
	struct parser *p = arg;
	char *room = malloc(1 << 20);
	for (int i = 0; room && i < 25; i++) {
		struct arena mem = arena_over(room, 1 << 20);
		struct document d;
		if (parser_document(p, (struct span){ good, good_len }, &mem, &d) != OK || d.level != DOC_L1)
			abort();
	}
	free(room);
	return NULL;
}

static void many_threads(void **state)
{
	(void)state;
	struct parser p;
	pthread_t t[4];
	assert_true(parser_start(&p));
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, asker, &p), 0);
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		pthread_join(t[i], NULL);
	parser_stop(&p);
}

static void small_arena(void **state)
{
	(void)state;
	struct parser p;
	struct document d = { .kind = 77 };
	static char room[512];
	struct arena mem = arena_over(room, sizeof room);
	assert_true(parser_start(&p));
	assert_int_equal(parser_document(&p, (struct span){ good, good_len }, &mem, &d), E_TOO_BIG);
	assert_int_equal(d.kind, 77);
	expect_good(&p); /* the answer that did not fit was read away */
	parser_stop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(good_document),     T(other_kinds),   T(every_family),   T(signed_documents),
		T(trust_on_the_wire), T(two_hundred),   T(large_document), T(hostile_documents),
		T(no_other_call),     T(server_killed), T(many_threads),   T(small_arena),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
