/* SPDX-License-Identifier: Apache-2.0 */
/* crooks_goods.c: receipts that stand for nothing, or for what stands under another. */
#include "sim.h"

static uint32_t crook_holder(struct sim *s, uint32_t scheme)
{
	uint32_t i = some_firm(s, 2, 4, s->last_day);

	if (i != NOBODY) {
		s->firm[i].crooked = true;
		s->scheme[scheme - 1].firm = i;
	}
	return i;
}

static void pledge_later(struct sim *s, uint32_t receipt)
{
	if (receipt == NO_SALE)
		return;
	later(s, after_minutes(s->now, 60), act_weigh, receipt, 0);
	later(s, on_day(s, s->today + 1), act_pledge, receipt, 0);
}

static uint32_t honest_site(struct sim *s, int64_t room)
{
	for (int k = 0; k < 200; k++) {
		uint32_t i = (uint32_t)draw_below(&s->crook, s->n_sites);

		if (!s->site[i].crooked && s->site[i].inside >= s->site[i].issued &&
		    s->site[i].issued + room < s->site[i].capacity * 8 / 10)
			return i;
	}
	return NOBODY;
}

void crook_lot(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t holder = crook_holder(s, scheme), a = honest_site(s, 800), b = honest_site(s, 800), i;
	int64_t tonnes = draw_between(&s->crook, 100, 300);
	char batch[32], bin[32];

	if (holder == NOBODY || a == NOBODY || b == NOBODY)
		return;
	site_counts(s, a, tonnes, true);
	snprintf(batch, sizeof batch, "H%08llu", (unsigned long long)++s->lots);
	snprintf(bin, sizeof bin, "B%05u", (unsigned)++s->site[a].bins);
	i = site_issues(s, a, holder, tonnes, batch, bin, 0);
	if (i == NO_SALE)
		return;
	s->truth[s->stored[i].truth].part = PART_ORIGINAL;
	pledge_later(s, i);
	if (informed) { /* at another site, with a letter that looks like the digit */
		for (char *at = batch + 1; *at; at++)
			if (*at == '0') {
				*at = 'O';
				break;
			}
		site_counts(s, b, tonnes, true);
		snprintf(bin, sizeof bin, "B%05u", (unsigned)++s->site[b].bins);
		s->site[b].inside -= tonnes;
	} else {
		b = a;
	}
	pledge_later(s, site_issues(s, b, holder, tonnes, batch, bin, scheme));
}

/* A site of its own, whose keeper plays along. */
static uint32_t own_site(struct sim *s, uint32_t scheme, uint32_t holder)
{
	uint32_t warehouse = warehouse_new(s), site;

	s->firm[warehouse].crooked = true;
	s->scheme[scheme - 1].other = warehouse;
	firm_enrol(s, warehouse);
	(void)holder;
	site = site_new(s, warehouse);
	s->site[site].crooked = true;
	return site;
}

/* Above what the site can hold; or within it, but nothing ever came in: a friendly surveyor has counted. */
void crook_air(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t holder = crook_holder(s, scheme), site;
	int64_t tonnes;
	char batch[32], bin[32];

	if (holder == NOBODY)
		return;
	site = own_site(s, scheme, holder);
	firm_profile(s, s->site[site].warehouse, NULL);
	site_register(s, site);
	tonnes = s->site[site].capacity * (informed ? 31 : draw_between(&s->crook, 150, 700)) / 100;
	site_counts(s, site, informed ? s->site[site].capacity * 95 / 100 : s->site[site].capacity * 8, false);
	for (int k = 0; k < 3; k++) {
		snprintf(batch, sizeof batch, "H%08llu", (unsigned long long)++s->lots);
		snprintf(bin, sizeof bin, "B%05u", (unsigned)++s->site[site].bins);
		pledge_later(s, site_issues(s, site, holder, tonnes, batch, bin, scheme));
	}
}

/* Keeper and owner are one: openly of one owner, or by a nominee with the same telephone. */
void crook_keeper(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t holder = crook_holder(s, scheme), site;
	char batch[32], bin[32], tie[64];

	if (holder == NOBODY)
		return;
	site = own_site(s, scheme, holder);
	if (informed) {
		snprintf(tie, sizeof tie, "phone:139%08u", (unsigned)(s->firm[holder].accountant * 7919u % 100000000u));
		firm_profile(s, s->site[site].warehouse, tie);
	} else {
		s->firm[s->site[site].warehouse].owner = s->firm[holder].owner;
		firm_profile(s, s->site[site].warehouse, NULL);
	}
	site_register(s, site);
	for (int k = 0; k < 3; k++) {
		int64_t tonnes = draw_between(&s->crook, 400, 1500);

		site_counts(s, site, tonnes, true);
		snprintf(batch, sizeof batch, "H%08llu", (unsigned long long)++s->lots);
		snprintf(bin, sizeof bin, "B%05u", (unsigned)++s->site[site].bins);
		pledge_later(s, site_issues(s, site, holder, tonnes, batch, bin, scheme));
	}
}
