/* SPDX-License-Identifier: Apache-2.0 */
/* anchor_file.c: see anchor_file.h. */
#include "anchor_file.h"

#include "client.h"
#include "json_at.h"
#include "run/clock.h"

#define ANCHORS_FILE_MAX ((size_t)16 << 20)

static bool moment_of(struct cli *c, struct span item, const char *pointer, struct moment *ret)
{
	return moment_parse(span_z(json_z(item, pointer, c->mem)), ret);
}

/* False: it says what no registry would have published. */
static bool anchor_of(struct cli *c, struct span item, struct trust_anchor *a, struct span *crl)
{
	struct span certificate = span_z(json_z(item, "/certificate", c->mem)),
		    list = span_z(json_z(item, "/revocations", c->mem));

	*crl = S("");
	*a = (struct trust_anchor){ .id = span_z(json_z(item, "/id", c->mem)),
		                    .name = span_z(json_z(item, "/name", c->mem)),
		                    .profile = auth_profile_parse(span_z(json_z(item, "/profile", c->mem))),
		                    .purpose = anchor_purpose_parse(span_z(json_z(item, "/purpose", c->mem))),
		                    .jurisdiction = span_z(json_z(item, "/country", c->mem)),
		                    .authority = json_true(item, "/authority") };
	return a->profile != AUTH_NONE && a->purpose != PURPOSES && b64_decode(certificate, c->mem, &a->certificate) &&
	       a->certificate.len > 0 && moment_of(c, item, "/valid_from", &a->from) &&
	       moment_of(c, item, "/valid_until", &a->until) && (list.len == 0 || b64_decode(list, c->mem, crl));
}

static int read_anchors(struct cli *c, struct span json, const char *from, struct trust *ret)
{
	struct trust_anchor *a = ARENA_ARRAY(c->mem, struct trust_anchor, TRUST_ANCHORS_MAX);
	struct span *crl = ARENA_ARRAY(c->mem, struct span, TRUST_CRLS_MAX), items, name, item;
	size_t n_crls = 0, n = 0;

	if (!json_at(json, "/items", &items))
		return cli_usage(c, "%s holds no list of anchors: `counterfoil anchor list --json` prints one", from);
	for (struct json_walk w = json_walk(items); json_next(&w, &name, &item);) {
		if (strcmp(json_z(item, "/state", c->mem), "live") != 0)
			continue;
		if (n == TRUST_ANCHORS_MAX)
			return cli_usage(c, "%s: more than %d anchors are live", from, TRUST_ANCHORS_MAX);
		if (!anchor_of(c, item, &a[n], &crl[n_crls]))
			return cli_usage(c, "%s: anchor \"%s\" is not one a registry could have published", from,
			                 json_z(item, "/name", c->mem));
		n++;
		n_crls += crl[n_crls].len > 0;
	}
	ret->anchors = a;
	ret->n_anchors = n;
	ret->crls = crl;
	ret->n_crls = n_crls;
	return EXIT_GOOD;
}

int anchors_wanted(struct cli *c, struct trust *ret)
{
	const char *file = cli_opt(c, "anchors"), *server = cli_opt(c, "server");
	struct http_answer a;
	struct client k;
	struct span text;
	int rc;

	*ret = (struct trust){ .now = clock_now() };
	if (file)
		return cli_file(c, file, ANCHORS_FILE_MAX, &text) ? read_anchors(c, text, file, ret) : EXIT_USAGE;
	if (!server)
		return EXIT_GOOD;
	rc = client_open_nameless(c, &k);
	if (rc == EXIT_GOOD)
		rc = client_ask(&k, "/v1/anchors", false, &a);
	if (rc == EXIT_GOOD)
		rc = read_anchors(c, a.body, server, ret);
	client_close(&k);
	return rc;
}
