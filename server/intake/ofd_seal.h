/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofd_seal.h: the electronic seal over an OFD package (GB/T 33190 chapter 18),
 * part by part.
 *
 * OFD.xml names the list of signatures, the list names Signature.xml, that
 * names the digest of every part it covers, and the seal (ses.h) covers that
 * file. What the list leaves out can be changed by anybody, so a package is
 * sealed only when nothing is left out but the seal's own four files.
 *
 * The package itself is somebody else's: its parts come through two questions,
 * so that there is one reader of zip and one place where its limits are.
 */
#ifndef CF_OFD_SEAL_H
#define CF_OFD_SEAL_H

#include "base.h"
#include "ses.h"

enum { OFD_REFERENCES_MAX = 2000, OFD_PARTS_MAX = 2000 };

struct ofd_parts {
	void *of;
	/* The bytes of the part of exactly this name, as it stands in the package (no leading slash); false when there is
	 * none. The bytes live as long as the package. */
	bool (*find)(void *of, struct span name, struct span *bytes);
	const struct span *names; /* of all parts, directories left out */
	size_t n_names;
};
enum ofd_end {
	OFD_UNSIGNED,
	OFD_POLICY, /* signed in a form that is not accepted: several seals, another digest, a signature without a seal */
	OFD_ALTERED, /* a part is missing or not what was sealed, or the list of parts is not */
	OFD_FORGED,  /* the seal's signature, or the seal itself, is not of the key it names */
	OFD_SEAL,    /* the seal was not made for this signer, or put on outside its validity */
	OFD_GOOD,    /* signed by the seal's signer; who that is, cert_check says */
};
struct ofd_seal {
	struct ses ses;
	size_t references;
	size_t uncovered; /* parts nobody vouches for */
	struct span at;   /* the part at fault, or the first that is not covered; in mem */
	const char *why;  /* static text */
};

/* Spans of *ret lie in mem or in the parts. */
MUST_CHECK enum ofd_end ofd_seal_check(const struct ofd_parts *parts, struct arena *mem, struct ofd_seal *ret);
#endif
