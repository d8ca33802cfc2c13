/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ses.c: the two layouts, and the order in which a seal is judged.
 *
 *   version 4  SES_Signature { toSign, cert, algorithm, signature, [time stamp] }
 *              SESeal { info, cert, algorithm, signature }             the maker signs info
 *   version 1  SES_Signature { toSign { ..., cert, algorithm }, signature }
 *              SESeal { info, { cert, algorithm, signature } }         the maker signs { info, cert, algorithm }
 *
 *   toSign { version, seal, time, digest, path, ... }
 *   info { { "ES", version, vendor }, id, { type, name, [list type,] list, made, from, until }, picture, ... }
 */
#include "crypto.h"
#include "der.h"
#include "ses.h"
#include "sigalg.h"

#define SEAL_V4 4

static enum ses_end no(struct ses *s, enum ses_end end, const char *why)
{
	s->why = why;
	return end;
}

/* cert OCTET STRING, algorithm OID, signature BIT STRING: both versions write them so, though in different places. */
static bool take_signed(struct der *d, struct ses *s, struct span *cert, struct span *cert_whole,
                        struct span *oid_whole)
{
	struct span oid;

	if (!der_take(d, DER_OCTETS, cert, cert_whole) || !der_take(d, DER_OID, &oid, oid_whole))
		return false;
	s->algorithms &= sigalg_by_oid(oid).kind == KEY_SM2;
	return true;
}

static bool take_property(struct der *d, struct ses *s)
{
	struct der p;
	uint32_t type;
	struct moment made;

	s->list_type = 1;
	if (!der_enter(d, DER_SEQUENCE, &p) || !der_small(&p, &type) || !der_take(&p, DER_UTF8, &s->seal_name, NULL))
		return false;
	if (s->version == SEAL_V4 && !der_small(&p, &s->list_type))
		return false;
	return der_take(&p, DER_SEQUENCE, &s->list, NULL) && der_moment(&p, &made) && der_moment(&p, &s->seal_from) &&
	       der_moment(&p, &s->seal_until) && der_end(&p);
}

static bool take_info(struct der *d, struct ses *s, struct span *whole)
{
	struct der info, head;
	struct span id, content;
	uint32_t version;

	if (!der_take(d, DER_SEQUENCE, &content, whole))
		return false;
	info = der_over(content);
	return der_enter(&info, DER_SEQUENCE, &head) && der_take(&head, DER_IA5, &id, NULL) && span_is(id, "ES") &&
	       der_small(&head, &version) && (version == SEAL_V4) == (s->version == SEAL_V4) &&
	       der_take(&info, DER_IA5, &s->seal_id, NULL) && take_property(&info, s) && der_skip(&info, DER_SEQUENCE);
}

/* What the maker of a version 1 seal signed: the three as a SEQUENCE of their own. */
static struct span join(struct arena *mem, struct span a, struct span b, struct span c)
{
	struct writer w = writer_in(mem);

	put_der_header(&w, DER_SEQUENCE, a.len + b.len + c.len);
	put_span(&w, a);
	put_span(&w, b);
	put_span(&w, c);
	return writer_done(&w, mem);
}

static bool take_seal(struct der *d, struct arena *mem, struct ses *s)
{
	struct der seal, maker;
	struct span info, cert, oid;

	if (!der_enter(d, DER_SEQUENCE, &seal) || !take_info(&seal, s, &info))
		return false;
	if (s->version == SEAL_V4)
		maker = seal;
	else if (!der_enter(&seal, DER_SEQUENCE, &maker) || !der_end(&seal))
		return false;
	if (!take_signed(&maker, s, &s->maker, &cert, &oid) || !der_bits(&maker, &s->seal_signature) ||
	    !der_end(&maker))
		return false;
	s->seal_signed = s->version == SEAL_V4 ? info : join(mem, info, cert, oid);
	return s->seal_signed.at != NULL;
}

/* Version 4 holds a GeneralizedTime; version 1 any bits: a time as text, or a time stamp, which is not read. */
static bool take_time(struct der *d, struct ses *s)
{
	struct span text;

	if (s->version == SEAL_V4)
		return s->dated = der_moment(d, &s->claimed);
	if (der_peek(d) != DER_BITS)
		return s->dated = der_moment(d, &s->claimed);
	if (!der_bits(d, &text))
		return false;
	s->dated = der_moment_text(text, &s->claimed);
	return true;
}

static bool take_to_sign(struct span content, struct arena *mem, struct ses *s)
{
	struct der d = der_over(content);
	uint32_t version;
	struct span cert, oid;

	if (!der_small(&d, &version) || (version == SEAL_V4) != (s->version == SEAL_V4) || !take_seal(&d, mem, s) ||
	    !take_time(&d, s) || !der_bits(&d, &s->data_hash) || !der_take(&d, DER_IA5, &s->file, NULL))
		return false;
	return s->version == SEAL_V4 || (take_signed(&d, s, &s->signer, &cert, &oid) && der_end(&d));
}

/* SEQUENCE of two INTEGERs: the signature alone. */
static bool is_bare(struct span der)
{
	struct der d = der_over(der), in;

	return der_enter(&d, DER_SEQUENCE, &in) && der_skip(&in, DER_INTEGER) && der_skip(&in, DER_INTEGER) &&
	       der_end(&in) && der_end(&d);
}

enum ses_end ses_read(struct span der, struct arena *mem, struct ses *ret)
{
	struct der outer = der_over(der), d;
	struct span content, cert, oid;

	*ret = (struct ses){ .why = "", .algorithms = true };
	if (!der_strict(der))
		return no(ret, SES_MALFORMED, "the seal is not in strict DER");
	if (is_bare(der))
		return no(ret, SES_BARE, "a signature without a seal and a certificate");
	if (!der_enter(&outer, DER_SEQUENCE, &d) || !der_take(&d, DER_SEQUENCE, &content, &ret->to_sign))
		return no(ret, SES_MALFORMED, "not an electronic seal");
	ret->version = der_peek(&d) == DER_OCTETS ? SEAL_V4 : 1;
	if (!take_to_sign(content, mem, ret) ||
	    (ret->version == SEAL_V4 && !take_signed(&d, ret, &ret->signer, &cert, &oid)) ||
	    !der_bits(&d, &ret->signature))
		return no(ret, SES_MALFORMED, "not an electronic seal of version 1 or 4");
	/* a time stamp may follow in version 4; it is of nobody we trust and not read */
	if (ret->version == SEAL_V4 && !der_end(&d) && !der_skip(&d, DER_CONTEXT) && !der_skip(&d, DER_BITS))
		return no(ret, SES_MALFORMED, "something else follows the seal's signature");
	if (!der_end(&d))
		return no(ret, SES_MALFORMED, "something else follows the seal's signature");
	return SES_GOOD;
}

static bool signer_listed(const struct ses *s)
{
	struct der d = der_over(s->list), in;
	struct span value, name;

	while (!der_end(&d)) {
		if (s->list_type == 1 && der_take(&d, DER_OCTETS, &value, NULL)) {
			if (span_eq(value, s->signer))
				return true;
		} else if (s->list_type == 2 && der_enter(&d, DER_SEQUENCE, &in) &&
		           der_take(&in, DER_PRINTABLE, &name, NULL) && der_take(&in, DER_OCTETS, &value, NULL)) {
			if (digest_is(DIGEST_SM3, s->signer, value))
				return true;
		} else {
			return false;
		}
	}
	return false;
}

enum ses_end ses_check(struct ses *s, struct span file)
{
	static const struct sigalg sm2 = { KEY_SM2, DIGEST_SM3 };
	struct hash h = sm3(file);

	if (!s->algorithms || sig_key_kind(s->signer) != KEY_SM2 || sig_key_kind(s->maker) != KEY_SM2)
		return no(s, SES_POLICY, "a signature or a key that is not SM2");
	if (s->data_hash.len != HASH_LEN || memcmp(s->data_hash.at, h.b, HASH_LEN) != 0)
		return no(s, SES_ALTERED, "the signed list of parts is not the one the seal was put on");
	if (!sig_check(s->signer, sm2, SIG_DER, s->to_sign, s->signature))
		return no(s, SES_FORGED, "the seal's signature does not verify under the signer's key");
	if (!sig_check(s->maker, sm2, SIG_DER, s->seal_signed, s->seal_signature))
		return no(s, SES_SEAL_FORGED, "the seal does not verify under its maker's key");
	if (!signer_listed(s))
		return no(s, SES_STRANGER, "the seal was not made for the signer's certificate");
	if (s->dated && (s->claimed.us < s->seal_from.us || s->claimed.us > s->seal_until.us))
		return no(s, SES_SEAL_TIME, "the seal was put on outside its own validity");
	return SES_GOOD;
}
