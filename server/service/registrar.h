/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registrar.h: what the registry says itself: its birth, the deadlines that
 * passed, the certificates it gives.
 *
 * These are statements like everybody's, signed and submitted to the same
 * queue, so that replay needs no clock and no second way to write exists. The
 * registry's key can do nothing else: decide() sees to that.
 */
#ifndef CF_REGISTRAR_H
#define CF_REGISTRAR_H

#include "detect.h"
#include "service/sequencer.h"
#include "warn.h"

struct registrar;
struct registrar_conf {
	const char *database_url, *state_dir, *origin, *log_vkey;
	struct span fp_key;
	bool make_keys; /* only while the log is empty: a log never gets other keys behind its back */
	struct sequencer *sequencer;
	struct keyring *keyring;
};
/* Reads (or makes) <state_dir>/operator.jwk and registry.jwk. NULL and *why. */
struct registrar *registrar_open(const struct registrar_conf *conf, char *why, size_t why_len);
/* Enters log.genesis and log.keys when the log is empty, in that order, and waits for both. */
MUST_CHECK bool registrar_birth(struct registrar *r, uint64_t log_size, char *why, size_t why_len);
/* Enters what fell due, at most a few hundred at a time; called once a second by one thread. Returns how many. */
size_t registrar_deadlines(struct registrar *r);
/* Fills t with a check.certify of this body, signed, in mem; the caller submits it. */
MUST_CHECK bool registrar_certify(struct registrar *r, const struct body_check_certify *body, struct arena *mem,
                                  struct ticket *t);
/* Fills t with a score.certify in the same way. */
MUST_CHECK bool registrar_certify_score(struct registrar *r, const struct body_score_certify *body, struct arena *mem,
                                        struct ticket *t);
/*
 * Enters findings as finding.raise, in order, and waits; returns how many of the first of them are done with: in the
 * log, by this or an earlier entry, or refused for good. By one thread, which may be another than that of the deadlines.
 */
size_t registrar_raise(struct registrar *r, const struct finding_made *f, size_t n);
/* The same for warnings and their ends. */
size_t registrar_warn(struct registrar *r, const struct warned *w, size_t n);
/* Enters detection.engine and waits: from entry `from` on, `engine` judges. By the thread of the findings. */
MUST_CHECK enum fault registrar_engine(struct registrar *r, int64_t engine, uint64_t from);
/* Enters what documents are worth now (document.assess), and waits; result[i] is what came of the i-th. By one thread,
 * which may be another than those above. */
struct assessing {
	struct uuid object; /* the claim, or what stands for the document alone */
	struct body_document_assess body;
};
void registrar_assess(struct registrar *r, const struct assessing *a, size_t n, enum fault *result);
void registrar_close(struct registrar *r); /* takes NULL */
#endif
