/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pdfmake.h: small PDF files made to order: objects, their places, a trailer.
 */
#ifndef CF_PDFMAKE_H
#define CF_PDFMAKE_H
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base.h"

struct pdf_made {
	char at[1 << 17];
	size_t len, place[64];
	int n; /* objects, numbered from 1 */
};

static inline void pm_put(struct pdf_made *p, const char *at, size_t len)
{
	memcpy(p->at + p->len, at, len);
	p->len += len;
}
static inline void pm_text(struct pdf_made *p, const char *z) { pm_put(p, z, strlen(z)); }

static inline void pdf_begin(struct pdf_made *p)
{
	p->len = 0;
	p->n = 0;
	pm_text(p, "%PDF-1.7\n");
}

/* The next object; with `stream`, its dictionary must not hold a Length. */
static inline void pdf_object(struct pdf_made *p, const char *dict, const struct span *stream)
{
	char head[64];

	p->place[++p->n] = p->len;
	snprintf(head, sizeof head, "%d 0 obj\n", p->n);
	pm_text(p, head);
	if (stream) {
		snprintf(head, sizeof head, "<< /Length %zu ", stream->len);
		pm_text(p, head);
		pm_text(p, dict);
		pm_text(p, " >>\nstream\n");
		pm_put(p, stream->at, stream->len);
		pm_text(p, "\nendstream");
	} else {
		pm_text(p, dict);
	}
	pm_text(p, "\nendobj\n");
}

static inline struct span pdf_end(struct pdf_made *p, const char *trailer)
{
	char line[64];
	size_t xref = p->len;

	snprintf(line, sizeof line, "xref\n0 %d\n0000000000 65535 f \n", p->n + 1);
	pm_text(p, line);
	for (int i = 1; i <= p->n; i++) {
		snprintf(line, sizeof line, "%010zu 00000 n \n", p->place[i]);
		pm_text(p, line);
	}
	snprintf(line, sizeof line, "trailer\n<< /Root 1 0 R /Size %d ", p->n + 1);
	pm_text(p, line);
	pm_text(p, trailer);
	snprintf(line, sizeof line, " >>\nstartxref\n%zu\n%%%%EOF\n", xref);
	pm_text(p, line);
	return (struct span){ p->at, p->len };
}

static inline struct span pdf_packed(struct span s)
{
	static uint8_t to[1 << 16];
	uLongf len = sizeof to;

	if (compress2(to, &len, (const Bytef *)s.at, (uLong)s.len, 9) != Z_OK)
		return (struct span){ NULL, 0 };
	return (struct span){ (const char *)to, len };
}
#endif
