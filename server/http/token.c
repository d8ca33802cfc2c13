/* SPDX-License-Identifier: Apache-2.0 */
/* token.c: POST /oauth/token: client credentials with private_key_jwt (RFC 6749 4.4, RFC 7523). */
#include <stdio.h>

#include "http/handlers.h"
#include "http/token.h"
#include "jcs.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

struct form {
	struct span grant_type, assertion_type, assertion;
};

void put_oauth_error(struct writer *w, enum fault f)
{
	const char *error = f == E_BAD_ASSERTION                                ? "invalid_client"
	                    : f == E_BAD_GRANT                                  ? "unsupported_grant_type"
	                    : fault_info(f)->http >= 500 || f == E_RATE_LIMITED ? "temporarily_unavailable"
	                                                                        : "invalid_request";

	put_beside(w, "error");
	put_z(w, "\"");
	put_z(w, error);
	put_z(w, "\"}");
}

static struct span *place(struct form *f, struct span name)
{
	if (span_is(name, "grant_type"))
		return &f->grant_type;
	if (span_is(name, "client_assertion_type"))
		return &f->assertion_type;
	return span_is(name, "client_assertion") ? &f->assertion : NULL;
}

/* RFC 6749 3.2: unknown parameters are ignored, none may be sent twice. */
static bool form_read(struct span body, struct arena *mem, struct form *ret)
{
	struct span pair, name, value;

	while (body.len) {
		if (!span_cut(body, '&', &pair, &body)) {
			pair = body;
			body.len = 0;
		}
		if (!span_cut(pair, '=', &name, &value))
			continue;
		struct span *at = place(ret, name);
		if (at && (at->at || !form_decode(value, mem, at)))
			return false;
	}
	return true;
}

static enum fault form_check(const struct form *f, struct diag *diag)
{
	if (!f->grant_type.len)
		return diag_set(diag, E_BAD_REQUEST, "/grant_type", "grant_type must be given");
	if (!span_is(f->grant_type, "client_credentials"))
		return E_BAD_GRANT;
	if (!span_is(f->assertion_type, ASSERTION_TYPE))
		return diag_set(diag, E_BAD_REQUEST, "/client_assertion_type", "must be " ASSERTION_TYPE);
	if (!f->assertion.len)
		return diag_set(diag, E_BAD_REQUEST, "/client_assertion", "client_assertion must be given");
	return OK;
}

/* The scope is the party's roles: a token may do what its party may, no more and no less. */
static void put_scope(struct writer *w, struct request *q, struct span token)
{
	struct asker who = { .roles = 0 };
	bool any = false;

	if (service_asker(q->http->service, token, &who) != OK)
		return;
	for (int32_t role = 1; role <= ROLE_PRICE_SOURCE; role <<= 1) {
		if (!(who.roles & role))
			continue;
		if (any)
			put_byte(w, ' ');
		put_z(w, role_name(role));
		any = true;
	}
}

static struct reply granted(struct request *q, struct span token, int64_t seconds)
{
	struct writer s = writer_in(&q->mem);

	put_scope(&s, q, token);
	struct span scope = writer_done(&s, &q->mem);
	struct writer w = writer_in(&q->mem);
	struct jcs j = jcs_over(&w);
	jcs_object(&j);
	jcs_member_span(&j, "access_token", token);
	jcs_member_i64(&j, "expires_in", seconds);
	jcs_member_span(&j, "scope", scope);
	jcs_member_z(&j, "token_type", "Bearer");
	jcs_end_object(&j);
	return reply_json(q, 200, writer_done(&w, &q->mem));
}

struct reply token_post(struct request *q)
{
	struct form form = { .grant_type = { NULL, 0 } };
	struct span token = { NULL, 0 };
	char aud[192];
	int64_t seconds = 0;

	if (!form_read(q->body, &q->mem, &form))
		return reply_fault(q, diag_set(&q->diag, E_BAD_REQUEST, "",
		                               "a parameter stands twice or is badly escaped"));
	enum fault f = form_check(&form, &q->diag);
	if (f != OK)
		return reply_fault(q, f);
	snprintf(aud, sizeof aud, "%s/oauth/token", q->http->public_url);
	f = service_token(q->http->service, form.assertion, span_z(aud), &q->mem, &token, &seconds, &q->diag);
	return f == OK ? granted(q, token, seconds) : reply_fault(q, f);
}
