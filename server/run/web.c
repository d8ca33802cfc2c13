/* SPDX-License-Identifier: Apache-2.0 */
/* web.c: see web.h. */
#include "run/web.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

struct web {
	CURL *curl;
	const struct web_request *r;
	bool forbidden;
};

bool web_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT) == 0; }

void web_end(void) { curl_global_cleanup(); }

struct web *web_open(void)
{
	struct web *w = calloc(1, sizeof *w);

	if (!w || (w->curl = curl_easy_init()) != NULL)
		return w;
	free(w);
	return NULL;
}

void web_close(struct web *w)
{
	if (!w)
		return;
	curl_easy_cleanup(w->curl);
	free(w);
}

/* --- what libcurl calls --- */

static bool allowed(const struct web_request *r, const struct curl_sockaddr *a)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)&a->addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)&a->addr;

	if (a->family == AF_INET)
		return r->allow(r->arg, (const uint8_t *)&v4->sin_addr, 4);
	return a->family == AF_INET6 && r->allow(r->arg, v6->sin6_addr.s6_addr, 16);
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct web *w = arg;

	(void)purpose;
	if (w->r->allow && !allowed(w->r, a)) {
		w->forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t on_header(char *at, size_t one, size_t n, void *arg)
{
	const struct web_request *r = ((struct web *)arg)->r;

	if (r->on_header)
		r->on_header(r->arg, (struct span){ at, n * one });
	return n * one;
}

static size_t on_body(char *at, size_t one, size_t n, void *arg)
{
	struct web *w = arg;
	long status = 0;

	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
	if (w->r->on_body && !w->r->on_body(w->r->arg, status, (struct span){ at, n * one }))
		return 0;
	return n * one;
}

/* --- a request --- */

static void set_limits(CURL *c, const struct web_request *r)
{
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, r->connect_ms);
	if (r->whole_ms > 0)
		curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, r->whole_ms);
	if (r->silent_s > 0) {
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, r->silent_s);
	}
	if (r->direct)
		curl_easy_setopt(c, CURLOPT_PROXY, "");
	if (r->allow) /* a connection kept open was allowed for another request */
		curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
}

static struct curl_slist *set_headers(CURL *c, const struct web_request *r)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < WEB_HEADERS_MAX && r->header[i]; i++)
		list = curl_slist_append(list, r->header[i]);
	if (r->post)
		list = curl_slist_append(list, "Expect:");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	return list;
}

void web_do(struct web *w, const struct web_request *r, struct web_answer *ret)
{
	struct curl_slist *headers;
	CURLcode e;

	w->r = r;
	w->forbidden = false;
	curl_easy_reset(w->curl);
	set_limits(w->curl, r);
	curl_easy_setopt(w->curl, CURLOPT_URL, r->url);
	curl_easy_setopt(w->curl, CURLOPT_USERAGENT, r->agent);
	curl_easy_setopt(w->curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(w->curl, CURLOPT_OPENSOCKETDATA, w);
	curl_easy_setopt(w->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(w->curl, CURLOPT_HEADERDATA, w);
	curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, w);
	if (r->post) {
		curl_easy_setopt(w->curl, CURLOPT_POST, 1L);
		curl_easy_setopt(w->curl, CURLOPT_POSTFIELDS, r->body.len ? r->body.at : "");
		curl_easy_setopt(w->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
	}
	if (r->method)
		curl_easy_setopt(w->curl, CURLOPT_CUSTOMREQUEST, r->method);
	headers = set_headers(w->curl, r);
	e = curl_easy_perform(w->curl);
	*ret = (struct web_answer){ .answered = e == CURLE_OK,
		                    .never_left = e == CURLE_COULDNT_CONNECT || e == CURLE_COULDNT_RESOLVE_HOST,
		                    .forbidden = w->forbidden,
		                    .why = curl_easy_strerror(e) };
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &ret->status);
	curl_slist_free_all(headers);
}
