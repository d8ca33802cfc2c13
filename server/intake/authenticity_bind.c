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

/* Who answers for a document of its kind. */
static const struct doc_party *issuer_of(const struct document *doc) { return &doc->seller; }

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

static bool is_identity(const struct doc_id *id)
{
	return id->role == ID_TAX || id->role == ID_LEGAL || id->role == ID_PARTY || id->role == ID_ENDPOINT;
}

/* The issuer has this number. `country`: of the number; empty when it has none of its own. */
static bool issuer_has(const struct doc_party *issuer, struct span country, struct span value)
{
	for (uint32_t i = 0; i < issuer->ids.n; i++) {
		const struct doc_id *id = &issuer->ids.at[i];
		struct span rest = { id->value.at + 2, id->value.len > 2 ? id->value.len - 2 : 0 };

		if (!is_identity(id))
			continue;
		if (is_global(value) && same_number(id->value, value))
			return true;
		if (is_global(value) || value.len < NUMBER_MIN || (id->role != ID_TAX && id->role != ID_LEGAL))
			continue;
		if (country.len != 2)
			continue;
		/* with the country before it, as VAT numbers are written, or in that country */
		if (rest.len && same_number((struct span){ id->value.at, 2 }, country) && same_number(rest, value))
			return true;
		if (same_number(issuer->country, country) && same_number(id->value, value))
			return true;
	}
	return false;
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
	if (a->anchor->authority)
		return by_authority(doc, a, why);
	return by_certificate(issuer, a);
}
