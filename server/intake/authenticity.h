/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authenticity.h: who signed a document, and whether that is who it says it is
 * from (level 2).
 *
 * In three steps. First the signature itself, by its profile (one row of a
 * table each: authenticity.c): in form, over these bytes, under that key. Then
 * the signer: does the key lead to a trust anchor for this profile, now. Then,
 * when the document has been read, the issuer: is the signer the seller it
 * names, or an authority for every seller of that place. Only all three make
 * level 2; what falls short is a finding with its reason, and a document that
 * contradicts its own signature is refused level 1 too.
 *
 * The document is read from `content` and from nothing else, so that no fact
 * can come from outside what was signed.
 */
#ifndef CF_INTAKE_AUTHENTICITY_H
#define CF_INTAKE_AUTHENTICITY_H

#include "cert.h"
#include "intake/document_draft.h"
#include "intake/jws_bl.h"
#include "intake/ofd_seal.h"
#include "trust.h"

enum { AUTH_NOTES_MAX = 8 };
#define DOCUMENT_TYP "counterfoil-document+jws" /* of a document in a JWS under a key of this registry */

struct auth_note {
	enum doc_rule rule;
	struct span detail;
};
struct authentic {
	struct span content;       /* what to read: what was signed, or the bytes as they came */
	enum auth_profile profile; /* of a signature that holds; AUTH_NONE: none does */
	bool anchored;             /* its key leads to `anchor`, or is `key` */
	bool current; /* anchored, and known not to be revoked: by a list, or because the key itself is pinned */
	const struct trust_anchor *anchor;
	const struct trust_key *key;
	bool whole;  /* nothing of the document is left unsigned */
	bool timely; /* the claimed time, if any, fits certificate and seal */
	bool dated;
	struct moment claimed;
	struct cert_facts signer; /* n_ids == 0 and empty texts for a registered key */
	struct auth_note note[AUTH_NOTES_MAX];
	size_t n_notes;
};

/* The signature inside or around the bytes of a document. Spans of *ret lie in bytes, mem and t, which must outlive it. */
void authentic_bytes(struct span bytes, const struct trust *t, struct arena *mem, struct authentic *ret);
/*
 * For readers who find a signature inside what they read. *ret holds what was
 * found around it, or nothing; that stays, and of the inner signature only its
 * notes are added.
 */
/* The seal of an OFD package. */
void authentic_parts(const struct ofd_parts *parts, const struct trust *t, struct arena *mem, struct authentic *ret);
/* The transfer chain of a bill of lading; who began it stands for the whole. Whether its links fit the document is also
 * the reader's to say. */
void authentic_chain(const struct bl_chain *c, const struct trust *t, struct arena *mem, struct authentic *ret);
/* A manifest in compact JWS that names the checksums of all the reader takes facts from. */
void authentic_manifest(struct span compact, const struct trust *t, struct arena *mem, struct authentic *ret);
/* A CMS signature in a file of its own, beside the content. */
void authentic_beside(struct span content, struct span signature, const struct trust *t, struct arena *mem,
                      struct authentic *ret);

/* Whether the bytes are a document in a JWS under a key of this registry, as far as its header says; and under which. */
MUST_CHECK bool authentic_kid(struct span bytes, struct arena *mem, struct hash *kid);

/* Into the model: what the signature gave, its findings, and whether the signer is the issuer. After the document has
 * been read and judged. */
void authentic_judge(struct draft *d, const struct authentic *a);
/* Whether the signer is bound to the issuer of the document (authenticity_bind.c). */
bool authentic_bound(const struct document *doc, const struct authentic *a, const char **why);
/* The party of this USCC or LEI is the one that answers for the document; is one the document is between. One that stands
 * there beside another's number of the same kind is neither. */
bool document_issued_by(const struct document *doc, struct span identifier);
bool document_names(const struct document *doc, struct span identifier);

/* What the findings and the signature of a document add up to. */
enum doc_level document_level(const struct document *d);
#endif
