/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sniff.c: a table of beginnings.
 */
#include "sniff.h"

#include "xml.h"

static const struct {
	enum begins as;
	struct span begin;
} table[] = {
	{ BEGINS_ZIP, S_INIT("PK\3\4") }, { BEGINS_PDF, S_INIT("%PDF-") },
	{ BEGINS_JWS, S_INIT("eyJ") }, /* {" in base64url */
	{ BEGINS_EDI, S_INIT("UNA") },    { BEGINS_EDI, S_INIT("UNB+") },
	{ BEGINS_EDI, S_INIT("UNH+") },   { BEGINS_EDI, S_INIT("ISA*") },
};
static const char *const names[BEGINNINGS] = {
	[BEGINS_NONE] = "unknown", [BEGINS_XML] = "XML", [BEGINS_ZIP] = "zip", [BEGINS_PDF] = "PDF",
	[BEGINS_JSON] = "JSON",    [BEGINS_JWS] = "JWS", [BEGINS_CMS] = "CMS", [BEGINS_EDI] = "EDI",
};

/* SEQUENCE { OBJECT IDENTIFIER signedData ...: the length takes 1 to 4 octets, or is indefinite. */
static bool is_signed_data(struct span s)
{
	static const struct span oid[] = {
		S_INIT("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),     /* 1.2.840.113549.1.7.2 */
		S_INIT("\x06\x0a\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02"), /* 1.2.156.10197.6.1.4.2.2 */
	};
	size_t head = s.len < 2 || (unsigned char)s.at[1] < 0x81 ? 2 : 2 + (size_t)((unsigned char)s.at[1] & 0x7f);

	if (s.len <= head || s.at[0] != 0x30 || head > 6)
		return false;
	s = (struct span){ s.at + head, s.len - head };
	return span_starts(s, oid[0]) || span_starts(s, oid[1]);
}

static bool is_json(struct span s)
{
	while (s.len && (s.at[0] == ' ' || s.at[0] == '\t' || s.at[0] == '\r' || s.at[0] == '\n'))
		s.at++, s.len--;
	return s.len && (s.at[0] == '{' || s.at[0] == '[');
}

enum begins sniff(struct span bytes)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (span_starts(bytes, table[i].begin))
			return table[i].as;
	if (is_signed_data(bytes))
		return BEGINS_CMS;
	if (xml_looks_like(bytes))
		return BEGINS_XML;
	return is_json(bytes) ? BEGINS_JSON : BEGINS_NONE;
}

const char *begins_name(enum begins f) { return names[f]; }
