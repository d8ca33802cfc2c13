/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring.h: the enrolled keys in memory, so that a signature is checked
 * without asking the database, on whichever thread the bytes arrived.
 *
 * It is a copy for quick refusal only: whether a key was live at an entry's
 * place is decided by the sequencer, in order. A key may be here a moment
 * after its revocation; its statement then fails in decide().
 */
#ifndef CF_KEYRING_H
#define CF_KEYRING_H

#include "state.h"

struct keyring;
struct key_view {
	struct pubkey pub;
	struct uuid party;
	int32_t roles; /* of the party; ROLE_REGISTRY for the registry's key */
	bool live, registry, suspended;
};
struct keyring *keyring_new(void); /* NULL when out of memory */
void keyring_free(struct keyring *k);
/* Adds or replaces from rows of the world; takes copies. Writer's thread only. */
MUST_CHECK bool keyring_put_key(struct keyring *k, const struct party_key *key);
MUST_CHECK bool keyring_put_party(struct keyring *k, const struct party *party);
/* Any thread. */
bool keyring_find(struct keyring *k, struct hash kid, struct key_view *ret);
/* Trust anchors published and not withdrawn. */
int32_t keyring_anchors(const struct keyring *k);
bool keyring_party(struct keyring *k, struct uuid party, int32_t *roles, bool *suspended);
#endif
