/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "crypto.h"
#include "http/handlers.h"
#include "http/openapi.h"
#include "intake/statement_write.h"
#include "jcs.h"

#define OPENAPI_MAX ((size_t)1024 * 1024)
#define MARK "\"STATEMENTS\": null"
#define REF_SCHEMA "#/components/schemas/"

/* The components file as it is in the source tree (make runs at its top). */
__asm__(".section .rodata\n"
        ".global openapi_components\n"
        "openapi_components:\n"
        ".incbin \"server/http/openapi_components.json\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char openapi_components[];

/* A query parameter that is empty is as good as absent. */
#define OR_EMPTY(schema) "{\"anyOf\":[" schema ",{\"const\":\"\"}]}"
#define ID_OR_EMPTY OR_EMPTY("{\"type\":\"string\",\"format\":\"uuid\"}")

/* What a parameter of a path or query is, by its name. */
static const struct {
	const char *name, *schema, *what;
} parameters[] = {
	{ "id", "{\"type\":\"string\",\"format\":\"uuid\"}", "id of the object" },
	{ "asset", ID_OR_EMPTY, "only those of this asset" },
	{ "sha256", "{\"$ref\":\"" REF_SCHEMA "Hash\"}", "SHA-256 of the document" },
	{ "slug", "{\"$ref\":\"" REF_SCHEMA "ProblemCode\"}", "code of a problem" },
	{ "file", "{\"type\":\"string\"}", "the console's release and a file of it; contains slashes" },
	{ "tile", "{\"type\":\"string\"}", "level and index as tlog-tiles writes them; contains slashes" },
	{ "seq", "{\"type\":\"integer\",\"minimum\":0}", "place in the log" },
	{ "size", "{\"type\":\"integer\",\"minimum\":1}", "size of the log; absent: the present one" },
	{ "from", "{\"type\":\"integer\",\"minimum\":1}", "the smaller size" },
	{ "to", "{\"type\":\"integer\",\"minimum\":1}", "the larger size" },
	{ "limit", OR_EMPTY("{\"type\":\"integer\",\"minimum\":1,\"maximum\":200}"), "items on a page" },
	{ "cursor", "{\"type\":\"string\",\"pattern\":\"^([A-Za-z0-9_-]{22})?$\"}", "from `next` of the page before" },
	{ "party", ID_OR_EMPTY, "only those about this party" },
	{ "month", "{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}$\"}", "a month, such as 2026-11" },
	{ "open", OR_EMPTY("{\"enum\":[\"yes\",\"no\"]}"),
	  "yes: only those that wait for somebody; no: only those that were seen to" },
	{ "event", "{\"type\":\"string\",\"pattern\":\"^(E[0-9]{2})?$\"}", "only warnings of this event" },
	{ "claim", ID_OR_EMPTY, "only what is about this claim, or about who owes or holds it" },
	{ "warehouse", ID_OR_EMPTY, "only what is about this site" },
	{ "commodity", "{\"type\":\"string\"}", "only what is about these goods" },
	{ "region", "{\"type\":\"string\"}", "only what is about this region" },
	{ "since", "{\"type\":\"string\",\"pattern\":\"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$\"}",
	  "raised on this day or later" },
	{ "state", "{\"type\":\"string\",\"pattern\":\"^([a-z]+(-[a-z]+)*)?$\"}", "only those in this state" },
	{ "number", "{\"type\":\"integer\",\"minimum\":0}", "number of the alert" },
	{ "after", OR_EMPTY("{\"type\":\"integer\",\"minimum\":0}"), "only what came behind this one" },
	{ "steps", OR_EMPTY("{\"type\":\"integer\",\"minimum\":1,\"maximum\":3}"), "how far from the party" },
	{ "year", "{\"type\":\"integer\",\"minimum\":2000,\"maximum\":2999}", "of the report, in UTC" },
	{ "quarter", OR_EMPTY("{\"type\":\"integer\",\"minimum\":1,\"maximum\":4}"), "absent: the whole year" },
	{ "format", OR_EMPTY("{\"enum\":[\"json\",\"csv\",\"html\"]}"), "json when absent" },
	{ "verbose", "{\"type\":\"string\"}", "say what was looked at" },
};

static bool always(const struct route *r) { return r != NULL; }
static bool has_token(const struct route *r) { return r->who != ANYONE || r->body == STATEMENT; }
static bool has_name(const struct route *r) { return strchr(r->path, '{') || r->who != ANYONE || r->body == STATEMENT; }
static bool has_body(const struct route *r) { return r->body != NO_BODY; }
static bool has_rules(const struct route *r) { return r->body == STATEMENT || r->body == DOCUMENT || r->body == SMALL; }
static bool has_bucket(const struct route *r) { return r->bucket != OPEN; }

/* The problems an operation may answer. */
static const struct {
	const char *status;
	bool (*applies)(const struct route *r);
} refusal[] = {
	{ "400", always },     { "401", has_token }, { "403", has_token }, { "404", has_name },
	{ "409", has_rules },  { "413", has_body },  { "415", has_body },  { "422", has_rules },
	{ "429", has_bucket }, { "431", always },    { "500", always },    { "503", always },
};

static void put_ref(struct jcs *j, const char *to)
{
	char text[96];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, "#/components/");
	put_z(&w, to);
	assert(!w.overflow);
	jcs_object(j);
	jcs_member_span(j, "$ref", writer_span(&w));
	jcs_end_object(j);
}

static const char *method_word(enum method m)
{
	return m == METHOD_GET ? "get" : m == METHOD_DELETE ? "delete" : "post";
}

/* "/v1/receivables/{id}" becomes get_v1_receivables_id. */
static void put_operation_id(struct jcs *j, const struct route *r)
{
	char text[96];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, method_word(r->method));
	for (const char *c = r->path; *c; c++)
		if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9'))
			put_byte(&w, *c);
		else if (w.at[w.len - 1] != '_' && c[1] && *c != '}' && !(*c == '.' && c[1] == '.'))
			put_byte(&w, '_');
	if (!r->path[1])
		put_z(&w, "_root");
	assert(!w.overflow);
	jcs_member_span(j, "operationId", writer_span(&w));
}

static void put_parameter(struct jcs *j, struct span name, bool in_path, bool required)
{
	for (size_t i = 0; i < ARRAY_LEN(parameters); i++) {
		if (!span_is(name, parameters[i].name))
			continue;
		jcs_object(j);
		jcs_member_span(j, "name", name);
		jcs_member_z(j, "in", in_path ? "path" : "query");
		jcs_member_bool(j, "required", in_path || required);
		jcs_member_z(j, "description", parameters[i].what);
		jcs_name(j, "schema");
		jcs_raw(j, span_z(parameters[i].schema));
		jcs_end_object(j);
		return;
	}
	assert(false); /* a parameter of routes.def is described above */
}

/* Where another party's data may be the answer, the reader says what for. */
static bool takes_purpose(const struct route *r)
{
	return r->who != ANYONE &&
	       (r->method == METHOD_GET || r->ask == ask_party_certificate || r->ask == ask_assessment_certificate);
}

static void put_parameters(struct jcs *j, const struct route *r)
{
	struct span name;
	bool required = false;

	if (!r->params[0] && !takes_purpose(r))
		return;
	jcs_name(j, "parameters");
	jcs_array(j);
	if (takes_purpose(r))
		put_ref(j, "parameters/Purpose");
	for (unsigned i = 0; (name = route_param(r, i, &required)).len; i++)
		if (!span_is(name, "-"))
			put_parameter(j, name, i < route_path_params(r), required);
	jcs_end_array(j);
}

/* What stands in a body; documents are bytes, a batch is lines. */
static const char *body_schema(const struct route *r)
{
	if (r->body == STATEMENT)
		return "schemas/SignedStatement";
	if (r->body == BATCH)
		return "schemas/SignedStatements";
	if (r->body != SMALL)
		return NULL;
	if (strcmp(r->path, "/v1/webhooks") == 0)
		return "schemas/WebhookRequest";
	return strcmp(r->path, "/oauth/token") == 0 ? "schemas/TokenRequest" : "schemas/CheckRequest";
}

static void put_content(struct jcs *j, struct span type, const char *schema)
{
	jcs_name_span(j, type);
	jcs_object(j);
	jcs_name(j, "schema");
	if (schema)
		put_ref(j, schema);
	else if (span_is(type, "application/json"))
		jcs_raw(j, S("{}")); /* a document in JSON is whatever its own standard says */
	else
		jcs_raw(j, S("{\"type\":\"string\"}"));
	jcs_end_object(j);
}

static void put_request_body(struct jcs *j, const struct route *r)
{
	struct span rest = span_z(r->takes), one;

	if (r->body == NO_BODY)
		return;
	jcs_name(j, "requestBody");
	jcs_object(j);
	jcs_member_bool(j, "required", r->body != BATCH); /* no line is a batch of none */
	jcs_name(j, "content");
	jcs_object(j);
	while (span_cut(rest, '|', &one, &rest))
		put_content(j, one, body_schema(r));
	put_content(j, rest, body_schema(r));
	jcs_end_object(j);
	jcs_end_object(j);
}

/* An answer that is named by its content type is not JSON. */
static bool other_type(const char *answer) { return strchr(answer, '/') != NULL && !strchr(answer, '|'); }

/* "Schema|type|type": JSON, and the same in other forms. */
static void put_other_forms(struct jcs *j, const char *answer)
{
	struct span form, rest = span_z(answer);

	if (!span_cut(rest, '|', &form, &rest))
		return;
	while (span_cut(rest, '|', &form, &rest))
		put_content(j, form, NULL);
	put_content(j, rest, NULL);
}

/* One of these a line: as if they stood in an array. */
static void put_lines(struct jcs *j, const char *schema)
{
	jcs_name(j, "application/x-ndjson");
	jcs_object(j);
	jcs_name(j, "schema");
	jcs_object(j);
	jcs_member_z(j, "type", "array");
	jcs_name(j, "items");
	put_ref(j, schema);
	jcs_end_object(j);
	jcs_end_object(j);
}

static void put_good(struct jcs *j, const struct route *r, const char *status, const char *what)
{
	char schema[64];
	struct writer w = writer_over(schema, sizeof schema);

	put_z(&w, "schemas/");
	put_span(&w, (struct span){ r->answer, strcspn(r->answer, "|") });
	put_byte(&w, 0);
	assert(!w.overflow);
	jcs_name(j, status);
	jcs_object(j);
	jcs_member_z(j, "description", what);
	jcs_name(j, "content");
	jcs_object(j);
	if (other_type(r->answer))
		put_content(j, span_z(r->answer), NULL);
	else if (r->body == BATCH)
		put_lines(j, schema);
	else if (r->answer[0])
		put_content(j, S("application/json"), schema);
	else
		put_content(j, S("*/*"), NULL);
	put_other_forms(j, r->answer);
	jcs_end_object(j);
	jcs_end_object(j);
}

/* Something that was not there before comes of it. */
static bool made(const struct route *r) { return strcmp(r->answer, "WebhookMade") == 0; }

static void put_responses(struct jcs *j, const struct route *r)
{
	bool creates = r->body == STATEMENT || r->body == DOCUMENT;

	jcs_name(j, "responses");
	jcs_object(j);
	if (creates || made(r))
		put_good(j, r, "201", "Accepted");
	if (!made(r))
		put_good(j, r, "200", creates ? "The same bytes were accepted before" : "The answer");
	if (r->method == METHOD_GET && r->answer[0] && !other_type(r->answer)) {
		jcs_name(j, "304");
		put_ref(j, "responses/NotModified");
	}
	for (size_t i = 0; i < ARRAY_LEN(refusal); i++) {
		if (!refusal[i].applies(r))
			continue;
		jcs_name(j, refusal[i].status);
		put_ref(j, "responses/Problem");
	}
	jcs_end_object(j);
}

static void put_security(struct jcs *j, const struct route *r)
{
	jcs_name(j, "security");
	if (r->who == ANYONE)
		jcs_raw(j, S("[]"));
	else if (r->who == MAYBE)
		jcs_raw(j, S("[{\"token\":[]},{}]"));
	else
		jcs_raw(j, S("[{\"token\":[]}]"));
}

static void put_operation(struct jcs *j, const struct route *r)
{
	jcs_name(j, method_word(r->method));
	jcs_object(j);
	put_operation_id(j, r);
	jcs_member_z(j, "summary", r->summary);
	put_security(j, r);
	put_parameters(j, r);
	put_request_body(j, r);
	put_responses(j, r);
	jcs_end_object(j);
}

/* OpenAPI has no parameter that takes slashes. */
static void put_path_name(struct jcs *j, const char *path, char text[static 128])
{
	struct writer w = writer_over(text, 128);

	for (const char *c = path; *c; c++)
		if (*c != '.' || c[1] != '.')
			put_byte(&w, *c);
	for (size_t i = 0; i + 1 < w.len; i++)
		if (text[i] == '.' && text[i + 1] == '}') {
			memmove(text + i, text + i + 1, w.len - i - 1);
			w.len--;
		}
	assert(!w.overflow);
	jcs_name_span(j, writer_span(&w));
}

static void put_paths(struct jcs *j)
{
	char name[128];

	jcs_name(j, "paths");
	jcs_object(j);
	for (size_t i = 0; i < routes_n; i++) {
		bool same = i && strcmp(routes[i].path, routes[i - 1].path) == 0;
		bool more = i + 1 < routes_n && strcmp(routes[i].path, routes[i + 1].path) == 0;
		if (!same) {
			put_path_name(j, routes[i].path, name);
			jcs_object(j);
		}
		put_operation(j, &routes[i]);
		if (!more)
			jcs_end_object(j);
	}
	jcs_end_object(j);
}

static void put_problem_codes(struct writer *w)
{
	struct jcs j = jcs_free_order(w);
	size_t n;
	const struct fault_info *row = fault_rows(&n);

	put_z(w, ",\"ProblemCode\":");
	jcs_object(&j);
	jcs_name(&j, "enum");
	jcs_array(&j);
	for (size_t i = 0; i < n; i++)
		if (row[i].fault != OK)
			jcs_z(&j, row[i].slug);
	jcs_end_array(&j);
	jcs_end_object(&j);
}

/* The file, with the schemas that come from tables where its mark stands. */
static void put_components(struct writer *w)
{
	const char *mark = strstr(openapi_components, MARK);

	assert(mark);
	put_span(w, (struct span){ openapi_components, (size_t)(mark - openapi_components) });
	size_t start = w->len;
	put_statement_schema(w);
	if (w->overflow)
		return;
	/* Its members without its braces. */
	w->len--;
	memmove(w->at + start, w->at + start + 1, w->len - start - 1);
	w->len--;
	put_problem_codes(w);
	put_z(w, mark + sizeof MARK - 1);
}

static void put_openapi(struct writer *w)
{
	struct jcs j = jcs_free_order(w);

	jcs_object(&j);
	jcs_member_z(&j, "openapi", "3.1.0");
	jcs_name(&j, "info");
	jcs_raw(&j, S("{\"title\":\"Counterfoil\",\"version\":\"1\","
	              "\"summary\":\"An open registry of supply-chain finance claims\","
	              "\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}}"));
	jcs_name(&j, "servers");
	jcs_raw(&j, S("[{\"url\":\"/\",\"description\":\"this server\"}]"));
	put_paths(&j);
	jcs_end_object(&j);
	put_beside(w, "components");
	put_components(w);
	put_byte(w, '}');
}

bool openapi_make(struct span *ret, char *etag)
{
	char *at = malloc(OPENAPI_MAX);
	struct writer w = writer_over(at, at ? OPENAPI_MAX : 0);

	if (!at)
		return false;
	put_openapi(&w);
	assert(!w.overflow);
	char *fit = realloc(at, w.len);
	if (fit)
		at = fit;
	*ret = (struct span){ at, w.len };
	struct writer e = writer_over(etag, HASH_B64);
	put_hash64(&e, sha256(*ret));
	etag[HASH_B64] = 0;
	return true;
}

void openapi_drop(struct span json)
{
	void *at;

	memcpy(&at, &json.at, sizeof at);
	free(at);
}
