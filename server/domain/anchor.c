/* SPDX-License-Identifier: Apache-2.0 */
/* anchor.c: what a trust anchor is for; see trust.h. */
#include "trust.h"

#include "document.h"

static const char *const profile_name[AUTH_PROFILES] = {
	[AUTH_NONE] = "",         [AUTH_XMLDSIG] = "xmldsig-enveloped", [AUTH_OFD_SES] = "ofd-ses", [AUTH_CMS] = "cms",
	[AUTH_JWS_BL] = "jws-bl", [AUTH_REGISTRY] = "registry",
};
static const char *const purpose_name[PURPOSES] = {
	[PURPOSE_ANY] = "any",
	[PURPOSE_TAX_INVOICE] = "tax-invoice",
	[PURPOSE_INVOICE] = "invoice",
	[PURPOSE_TRADE] = "trade",
	[PURPOSE_BILL_OF_LADING] = "bill-of-lading",
	[PURPOSE_WAREHOUSE] = "warehouse",
	[PURPOSE_BANK_STATEMENT] = "bank-statement",
};

const char *auth_profile_name(enum auth_profile p) { return (unsigned)p < AUTH_PROFILES ? profile_name[p] : ""; }

enum auth_profile auth_profile_parse(struct span name)
{
	for (unsigned i = AUTH_NONE + 1; i < AUTH_PROFILES; i++)
		if (span_is(name, profile_name[i]))
			return (enum auth_profile)i;
	return AUTH_NONE;
}

const char *anchor_purpose_name(int32_t p) { return p >= 0 && p < PURPOSES ? purpose_name[p] : NULL; }

enum anchor_purpose anchor_purpose_parse(struct span name)
{
	for (unsigned i = 0; i < PURPOSES; i++)
		if (span_is(name, purpose_name[i]))
			return (enum anchor_purpose)i;
	return PURPOSES;
}

#define KIND(k) (UINT32_C(1) << DOC_##k)
static_assert(DOC_KINDS <= 32, "a bit for each kind");

bool anchor_fits(enum anchor_purpose p, unsigned kind)
{
	static const uint32_t kinds[PURPOSES] = {
		[PURPOSE_ANY] = UINT32_MAX,
		[PURPOSE_TAX_INVOICE] = KIND(FAPIAO_XML) | KIND(FAPIAO_OFD),
		[PURPOSE_INVOICE] = KIND(UBL_INVOICE) | KIND(UBL_CREDIT_NOTE) | KIND(UBL_DEBIT_NOTE) |
		                    KIND(CII_INVOICE) | KIND(FACTUR_X) | KIND(FAPIAO_XML) | KIND(FAPIAO_OFD),
		[PURPOSE_TRADE] = KIND(UBL_ORDER) | KIND(UBL_ORDER_CHANGE) | KIND(UBL_ORDER_CANCELLATION) |
		                  KIND(UBL_ORDER_RESPONSE) | KIND(UBL_DESPATCH_ADVICE) | KIND(UBL_RECEIPT_ADVICE) |
		                  KIND(UBL_APPLICATION_RESPONSE) | KIND(UBL_WEIGHT_STATEMENT) | KIND(UBL_WAYBILL),
		[PURPOSE_BILL_OF_LADING] = KIND(DCSA_BILL_OF_LADING),
		[PURPOSE_WAREHOUSE] = KIND(WAREHOUSE_RECEIPT) | KIND(UBL_INVENTORY_REPORT) | KIND(UBL_WEIGHT_STATEMENT),
		[PURPOSE_BANK_STATEMENT] = KIND(CAMT_052) | KIND(CAMT_053) | KIND(CAMT_054),
	};

	assert((unsigned)p < PURPOSES);
	return kind < DOC_KINDS && (kinds[p] >> kind & 1) != 0;
}
