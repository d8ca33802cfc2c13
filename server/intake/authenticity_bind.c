/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authenticity_bind.c: is the signer the issuer?
 *
 * By identifier and never by name: anybody can be certified under a name that
 * looks like another's. An identifier counts with what it is of: a VAT number
 * with its country, a register's number with its country, LEI and USCC by
 * themselves. Any other number counts only from an anchor of the issuer's own
 * country, and from eight characters on.
 */
#include "intake/authenticity.h"

#include "intake/tax_bureau.h"

#define NUMBER_MIN 8

/* Who answers for a document of its kind: the seller, where nobody else is named. */
static const struct doc_party *issuer_of(const struct document *doc)
{
	static const size_t party[DOC_KINDS] = {
		[DOC_UBL_ORDER] = offsetof(struct document, buyer),
		[DOC_UBL_ORDER_CHANGE] = offsetof(struct document, buyer),
		[DOC_UBL_ORDER_CANCELLATION] = offsetof(struct document, buyer),
		[DOC_UBL_RECEIPT_ADVICE] = offsetof(struct document, buyer),
		[DOC_UBL_APPLICATION_RESPONSE] = offsetof(struct document, sender),
		[DOC_UBL_WEIGHT_STATEMENT] = offsetof(struct document, weigher),
		[DOC_UBL_WAYBILL] = offsetof(struct document, carrier),
		[DOC_DCSA_BILL_OF_LADING] = offsetof(struct document, carrier),
	};
	size_t at = doc->kind < DOC_KINDS ? party[doc->kind] : 0;

	return at ? (const struct doc_party *)(const void *)((const char *)doc + at) : &doc->seller;
}

static bool passed_over(char c) { return c == ' ' || c == '-' || c == '.' || c == '/'; }

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

/* Letter by letter, without the marks people write between them. */
static bool same_number(struct span a, struct span b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.len && passed_over(a.at[i]))
			i++;
		while (k < b.len && passed_over(b.at[k]))
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (upper(a.at[i++]) != upper(b.at[k++]))
			return false;
	}
}

static bool is_global(struct span value) { return uscc_form(value) || lei_form(value); }

/* A USCC or LEI without the country some write before it. */
static struct span bare(struct span value)
{
	struct span rest = { value.at + 2, value.len > 2 ? value.len - 2 : 0 };

	return !is_global(value) && rest.len && is_global(rest) ? rest : value;
}

static bool is_legal(const struct doc_id *id) { return id->role == ID_TAX || id->role == ID_LEGAL; }

/* Two numbers of one party that should be one: a seller of two names is nobody's. */
static bool disagree(const struct doc_id *a, const struct doc_id *b)
{
	struct span x = bare(a->value), y = bare(b->value);
	bool kin = (uscc_form(x) && uscc_form(y)) || (lei_form(x) && lei_form(y)) ||
	           (a->role == b->role && span_eq(a->scheme, b->scheme));

	return kin && !same_number(x, y);
}

/* One of the issuer's numbers against one of the signer's. `country`: of the signer's; empty when it has none. */
static bool matches(const struct doc_party *issuer, const struct doc_id *id, struct span country, struct span value)
{
	struct span prefix = { id->value.at, 2 },
		    rest = { id->value.at + 2, id->value.len > 2 ? id->value.len - 2 : 0 };

	if (is_global(value))
		return same_number(bare(id->value), value);
	if (value.len < NUMBER_MIN || country.len != 2 || !is_legal(id))
		return false;
	/* with the country before it, as VAT numbers are written, or in that country */
	return (rest.len && same_number(prefix, country) && same_number(rest, value)) ||
	       (same_number(issuer->country, country) && same_number(id->value, value));
}

/*
 * The issuer has this number, and no other of the same kind beside it: else
 * whoever may sign as one company could issue in the name of another by
 * adding its own number. An address or a customer number counts only where
 * there is no legal one.
 */
static bool issuer_has(const struct doc_party *issuer, struct span country, struct span value)
{
	bool legal = false, found = false;

	for (uint32_t i = 0; i < issuer->ids.n; i++)
		legal |= is_legal(&issuer->ids.at[i]);
	for (uint32_t i = 0; i < issuer->ids.n; i++) {
		const struct doc_id *id = &issuer->ids.at[i];

		if (id->role == ID_ACCOUNT || is_legal(id) != legal || !matches(issuer, id, country, value))
			continue;
		found = true;
		for (uint32_t k = 0; k < issuer->ids.n; k++)
			if (is_legal(&issuer->ids.at[k]) && disagree(id, &issuer->ids.at[k]))
				return false;
	}
	return found;
}

/* EN 319 412-1 5.1.4: three letters, country, hyphen, number. */
static bool by_organization_identifier(const struct doc_party *issuer, struct span s)
{
	if (s.len < 7 || s.at[5] != '-')
		return false;
	struct span kind = { s.at, 3 }, country = { s.at + 3, 2 }, value = { s.at + 6, s.len - 6 };
	if (span_is(kind, "LEI"))
		return lei_form(value) && issuer_has(issuer, country, value);
	if (!span_is(kind, "VAT") && !span_is(kind, "NTR"))
		return false;
	return issuer_has(issuer, country, value);
}

static bool by_certificate(const struct doc_party *issuer, const struct authentic *a)
{
	struct span country = a->anchor->jurisdiction;

	for (size_t i = 0; i < a->signer.n_ids; i++) {
		const struct cert_id *id = &a->signer.ids[i];
		bool ok = span_is(id->scheme, "organizationIdentifier") ? by_organization_identifier(issuer, id->value)
		                                                        : issuer_has(issuer, country, id->value);
		if (ok)
			return true;
	}
	return false;
}

static bool by_key(const struct doc_party *issuer, const struct trust_key *k)
{
	struct span none = { NULL, 0 };

	return (uscc_form(k->uscc) && issuer_has(issuer, none, k->uscc)) ||
	       (lei_form(k->lei) && issuer_has(issuer, none, k->lei));
}

/* An authority speaks for the issuers of its place: those of its country, and of a tax bureau those of its region. */
static bool by_authority(const struct document *doc, const struct authentic *a, const char **why)
{
	const struct doc_party *issuer = issuer_of(doc);

	if (a->profile == AUTH_OFD_SES) {
		bool china = span_is(a->anchor->jurisdiction, "CN") &&
		             (!issuer->country.len || span_is(issuer->country, "CN"));
		*why = "the seal is of another bureau than the invoice's number";
		return china && tax_bureau_fits(doc->number, a->signer.name);
	}
	*why = "the authority is not one for the issuer's country";
	return a->anchor->jurisdiction.len == 0 || span_eq(a->anchor->jurisdiction, issuer->country);
}

bool authentic_bound(const struct document *doc, const struct authentic *a, const char **why)
{
	const struct doc_party *issuer = issuer_of(doc);

	assert(a->anchored);
	*why = "no identifier of the signer is one of the issuer's";
	if (a->key)
		return by_key(issuer, a->key);
	if (!anchor_fits(a->anchor->purpose, doc->kind)) {
		*why = "the anchor is not for documents of this kind";
		return false;
	}
	if (a->anchor->authority)
		return by_authority(doc, a, why);
	return by_certificate(issuer, a);
}

static bool has(const struct doc_party *p, struct span identifier)
{
	static const struct span nowhere = { NULL, 0 };

	return p->present && is_global(identifier) && issuer_has(p, nowhere, identifier);
}

bool document_issued_by(const struct document *doc, struct span identifier) { return has(issuer_of(doc), identifier); }

bool document_names(const struct document *doc, struct span identifier)
{
	return has(&doc->seller, identifier) || has(&doc->buyer, identifier) || has(&doc->sender, identifier) ||
	       has(&doc->receiver, identifier);
}
