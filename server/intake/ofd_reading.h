/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofd_reading.h: an OFD while it is read. Private to ofd.c and ofd_shown.c.
 */
#ifndef CF_INTAKE_OFD_READING_H
#define CF_INTAKE_OFD_READING_H

#include "intake/fapiao.h"
#include "intake/ofd.h"

/* A text object of a page. */
struct shown {
	struct span page, id, text;
};
struct shown_list {
	struct shown *at;
	uint32_t n;
};
struct reading {
	struct draft *d;
	struct ofd ofd;
	const struct xml_node *cover, *document; /* OFD.xml and Document.xml */
	struct shown_list shown;
	uint32_t cursor; /* in it, behind the object last referred to */
	const struct zip_part *attachment, *tag;
	bool attached, tagged;
	struct cn_invoice by_attachment, by_tags;
	bool told_case;
};

/* Text as a page sets it apart has blanks that mean nothing: a copy without them. */
struct span ofd_without_blanks(struct arena *mem, struct span s);
/* What the attachment says against tags and pages, and the cover against either (FMT-23). */
void ofd_compare(struct reading *r);
#endif
