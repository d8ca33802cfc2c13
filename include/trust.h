/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust.h: whom a registry believes about the origin of a document.
 *
 * A trust anchor is a certificate (or bare public key) the operator pinned for
 * one profile in one jurisdiction and a time. An authority anchor speaks for
 * every issuer of its jurisdiction (the tax bureau that seals invoices, the
 * platform that issues bills of lading); any other only for the party its
 * certificate names. A registered key is one a party enrolled in the registry
 * itself, with the identifiers it was enrolled under.
 *
 * All of it is an argument of the judgement and never a global: the same
 * document judged under the trust of an earlier day has the verdict of that
 * day. Anchors are published and withdrawn by the operator as statements
 * (anchor.publish, anchor.withdraw, anchor.revocations in statement.def);
 * struct trust_anchor is the row of state such an entry becomes, and the rows
 * in force at a moment are what a reader is given. Each is for one kind of
 * document as well: a bank's certificate seals no invoices.
 *
 * Invariants: at most TRUST_*_MAX of each; from <= until; texts are UTF-8.
 */
#ifndef CF_TRUST_H
#define CF_TRUST_H

#include "base.h"
#include "crypto.h"
#include "ids.h"

enum { TRUST_ANCHORS_MAX = 64, TRUST_KEYS_MAX = 256, TRUST_CRLS_MAX = 64 };

/* Numbers are stored: permanent. */
enum anchor_purpose {
	PURPOSE_ANY = 0,
	PURPOSE_TAX_INVOICE = 1, /* fapiao */
	PURPOSE_INVOICE = 2,     /* and credit and debit notes */
	PURPOSE_TRADE = 3,       /* orders, answers, despatch and receipt advice */
	PURPOSE_BILL_OF_LADING = 4,
	PURPOSE_WAREHOUSE = 5, /* receipts, stock, weights */
	PURPOSE_BANK_STATEMENT = 6,
	PURPOSES
};
enum auth_profile {
	AUTH_NONE = 0,
	AUTH_XMLDSIG = 1,  /* one enveloped XML signature over the whole document */
	AUTH_OFD_SES = 2,  /* electronic seal over every part of an OFD package */
	AUTH_CMS = 3,      /* CMS around the document, or beside it */
	AUTH_JWS_BL = 4,   /* JWS of a bill-of-lading platform */
	AUTH_REGISTRY = 5, /* JWS under a key enrolled in this registry */
	AUTH_PROFILES
};

struct trust_anchor {
	struct span jurisdiction; /* ISO 3166-1 alpha-2; empty: everywhere */
	enum auth_profile profile;
	struct span name; /* the operator's name for it; of a platform's key the `kid` it signs under */
	bool authority;
	struct span certificate; /* X.509 in DER; for AUTH_JWS_BL also a bare SubjectPublicKeyInfo */
	struct moment from, until;
	enum anchor_purpose purpose;
	struct span id; /* the object its entry is about; empty for one of nobody's log */
};
struct trust_key {
	struct pubkey key;
	struct span uscc, lei; /* of the party; empty when it has none */
	struct moment from, until;
};
struct trust {
	struct moment now; /* the registry's clock: certificates are judged at this moment and at no other */
	const struct trust_anchor *anchors;
	size_t n_anchors;
	const struct trust_key *keys;
	size_t n_keys;
	const struct span *crls; /* revocation lists in DER, whoever they are of */
	size_t n_crls;
};

/* "xmldsig-enveloped", "ofd-ses", "cms", "jws-bl", "registry"; "" for AUTH_NONE. And back: AUTH_NONE for none of them. */
const char *auth_profile_name(enum auth_profile p);
enum auth_profile auth_profile_parse(struct span name);
/* "any", "tax-invoice", ...; NULL for a number without a row. And back: PURPOSES for none of them. */
const char *anchor_purpose_name(int32_t p);
enum anchor_purpose anchor_purpose_parse(struct span name);
/* Whether an anchor of this purpose vouches for documents of this kind (enum doc_kind). */
bool anchor_fits(enum anchor_purpose p, unsigned kind);
#endif
