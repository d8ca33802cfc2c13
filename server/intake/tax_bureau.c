/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tax_bureau.c: regions and their names.
 */
#include "intake/tax_bureau.h"

static const struct {
	const char *code, *name;
} regions[] = {
	/* the five cities first: the first that fits counts */
	{ "2102", "大连" }, { "3302", "宁波" }, { "3502", "厦门" }, { "3702", "青岛" }, { "4403", "深圳" },
	{ "11", "北京" },   { "12", "天津" },   { "13", "河北" },   { "14", "山西" },   { "15", "内蒙古" },
	{ "21", "辽宁" },   { "22", "吉林" },   { "23", "黑龙江" }, { "31", "上海" },   { "32", "江苏" },
	{ "33", "浙江" },   { "34", "安徽" },   { "35", "福建" },   { "36", "江西" },   { "37", "山东" },
	{ "41", "河南" },   { "42", "湖北" },   { "43", "湖南" },   { "44", "广东" },   { "45", "广西" },
	{ "46", "海南" },   { "50", "重庆" },   { "51", "四川" },   { "52", "贵州" },   { "53", "云南" },
	{ "54", "西藏" },   { "61", "陕西" },   { "62", "甘肃" },   { "63", "青海" },   { "64", "宁夏" },
	{ "65", "新疆" },
};

/* Where the region's four digits begin in so many digits, and how many of them there are; false for another form. */
static bool region_at(const char *digit, size_t n, size_t *from, size_t *len)
{
	*len = 4;
	if (n == 20 && digit[0] != '0') { /* since 2021: year, province */
		*from = 2;
		*len = 2;
	} else if (n == 12 || (n == 20 && digit[0] == '0')) { /* 0, region, ...; alone or before 8 digits of number */
		*from = 1;
	} else if (n == 10 || n == 18) {
		*from = 0;
	} else {
		return false;
	}
	return true;
}

bool tax_bureau_fits(struct span number, struct span name)
{
	char digit[24];
	size_t n = 0, from, len;

	for (size_t i = 0; i < number.len; i++) {
		if (number.at[i] < '0' || number.at[i] > '9')
			continue;
		if (n == sizeof digit)
			return false;
		digit[n++] = number.at[i];
	}
	if (!region_at(digit, n, &from, &len))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
		size_t code = strlen(regions[i].code);

		if (code > len && name.len && memcmp(digit + from, regions[i].code, 2) == 0 &&
		    memmem(name.at, name.len, regions[i].name, strlen(regions[i].name)))
			return true; /* the new numbers name the province of a city's bureau */
		if (code <= len && memcmp(digit + from, regions[i].code, code) == 0)
			return name.len && memmem(name.at, name.len, regions[i].name, strlen(regions[i].name));
	}
	return false;
}
