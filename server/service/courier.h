/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier.h: what a webhook is sent, and when it is sent again.
 *
 * The body is a CloudEvent (1.0, structured JSON); the headers are those of
 * Standard Webhooks: webhook-id, the same each time one alert is sent;
 * webhook-timestamp; webhook-signature with two signatures over
 * "id.timestamp.body": v1, HMAC-SHA-256 with the webhook's secret, and v1a,
 * Ed25519, for a receiver that shall be able to check but not to forge.
 *
 * Both are made from the server's own key and the webhook's id when they are
 * needed. Nothing secret of a webhook is stored.
 */
#ifndef CF_COURIER_H
#define CF_COURIER_H

#include "service/service.h"
#include "service/token.h"

enum { CHALLENGE_TEXT = 43 };
/* "whsec_..." and "whpk_...", as a receiver's library takes them. */
void put_webhook_secret(struct writer *w, const struct tokens *t, struct uuid webhook);
void put_webhook_public_key(struct writer *w, const struct tokens *t, struct uuid webhook);
/* What an endpoint must answer to show that it wants to be called. */
void put_webhook_challenge(struct writer *w, const struct tokens *t, struct uuid webhook);
/* The signature header's value over a message. */
void put_webhook_signature(struct writer *w, const struct tokens *t, struct uuid webhook, struct span id,
                           int64_t timestamp, struct span body);

struct courier *courier_open(const struct courier_conf *conf, const char *database_url, const struct tokens *tokens,
                             const char *origin); /* the texts must stay */

/* Seconds until the next try after `failures` in a row: doubling from `first`, at most `most`, and by the draw (any 32
 * random bits) between half and one and a half of that, so that many that failed together do not come back together. */
int64_t backoff_seconds(int64_t failures, int64_t first, int64_t most, uint32_t draw);
#endif
