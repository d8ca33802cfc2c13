/* SPDX-License-Identifier: Apache-2.0 */
/* statement_write.c: commands as signed payloads, and private keys as JWK. */
#include "intake/field.h"
#include "intake/statement_write.h"

static void put_member(struct jcs *j, const char *name, enum field_kind k, const void *at)
{
	jcs_name(j, name);
	put_field(j, k, name, at);
}

static void put_prev(struct jcs *j, const struct command *c)
{
	char text[HASH_B64];
	struct writer w = writer_over(text, sizeof text);

	jcs_name(j, "prev");
	if (!c->has_prev) {
		jcs_null(j);
		return;
	}
	put_hash64(&w, c->prev);
	jcs_string(j, writer_span(&w));
}

static void put_salt(struct jcs *j, struct span salt)
{
	char text[SALT_MAX * 4 / 3 + 4];
	struct writer w = writer_over(text, sizeof text);

	assert(salt.len >= SALT_MIN && salt.len <= SALT_MAX);
	put_b64url(&w, salt);
	assert(!w.overflow);
	jcs_member_span(j, "salt", writer_span(&w));
}

void put_statement_payload(struct writer *w, const struct command *c)
{
	const struct statement_info *info = statement_info(c->kind);
	struct jcs j = jcs_free_order(w);

	assert(info);
	jcs_object(&j);
	jcs_member_z(&j, "type", info->type);
	put_member(&j, "id", FK_uuid, &c->id);
	put_member(&j, "object", FK_uuid, &c->object);
	put_prev(&j, c);
	put_member(&j, "at", FK_moment, &c->at);
	put_salt(&j, c->salt);
	if (!uuid_is_nil(c->on_behalf_of))
		put_member(&j, "on_behalf_of", FK_uuid, &c->on_behalf_of);
	jcs_name(&j, "body");
	put_fields(&j, (struct fields){ info->fields, info->n_fields }, &c->body);
	jcs_end_object(&j);
}

void put_jwk_private(struct writer *w, const struct privkey *key)
{
	size_t start = w->len;

	put_jwk(w, &key->pub);
	if (w->overflow)
		return;
	assert(w->len > start && w->at[w->len - 1] == '}');
	w->len--; /* d goes in before the closing brace */
	put_z(w, ",\"d\":\"");
	put_b64url(w, (struct span){ (const char *)key->seed, SEED_LEN });
	put_z(w, "\"}");
}
