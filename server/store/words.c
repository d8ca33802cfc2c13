/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.c: the numbers the tables hold and the words an answer shows for them.
 * The lists are the .def files; the database gets a copy at each migration, so
 * that SQL can write an answer without a second list of its own.
 */
#include "alert.h"
#include "detect.h"
#include "migrate.h"
#include "purpose.h"
#include "rule.h"
#include "trade_match.h"
#include "trust.h"
#include "warn.h"

typedef const char *name_fn(int32_t number);

static const char *enc_kind(int32_t k) { return encumbrance_kind_name((enum encumbrance_kind)k); }

static const char *type_name(int32_t k)
{
	const struct statement_info *i = statement_info((enum statement_kind)k);

	return i ? i->type : NULL;
}

static const char *alg_word(int32_t a) { return a >= ALG_ED25519 && a <= ALG_SM2 ? alg_name((enum alg)a) : NULL; }

static const char *fault_slug(int32_t f)
{
	const struct fault_info *i = fault_info((enum fault)f);

	return i ? i->slug : NULL;
}

static const char *party_state(int32_t s)
{
	return s == PARTY_ACTIVE ? "active" : s == PARTY_SUSPENDED ? "suspended" : NULL;
}

static const char *rule_name(int32_t r)
{
	const struct rule_info *info = rule_info(r);

	return info ? info->id : NULL;
}

static const char *rule_unit(int32_t r)
{
	const struct rule_info *info = rule_info(r);

	return info ? info->unit : NULL;
}

#define OF_SIGNAL(member)                                     \
	static const char *signal_##member(int32_t n)         \
	{                                                     \
		const struct signal_info *s = signal_info(n); \
                                                              \
		return s ? s->member : NULL;                  \
	}
OF_SIGNAL(name)
OF_SIGNAL(text)
OF_SIGNAL(zh)
OF_SIGNAL(unit)

#define OF_WARNING(word, member)                                \
	static const char *warning_##word(int32_t n)            \
	{                                                       \
		const struct warning_info *w = warning_info(n); \
                                                                \
		return w ? w->member : NULL;                    \
	}
OF_WARNING(word, id)
OF_WARNING(name, name)
OF_WARNING(text, text)
OF_WARNING(zh, zh)
OF_WARNING(unit, unit)

static const char *voucher_state(int32_t s) { return asset_state_name(ASSET_VOUCHER, s); }
static const char *bill_state(int32_t s) { return asset_state_name(ASSET_BILL, s); }
static const char *pool_state(int32_t s) { return asset_state_name(ASSET_POOL, s); }
static const char *receivable_state(int32_t s) { return asset_state_name(ASSET_RECEIVABLE, s); }

static const char *inventory_state(int32_t s) { return asset_state_name(ASSET_INVENTORY, s); }
static const char *prepayment_state(int32_t s) { return asset_state_name(ASSET_PREPAYMENT, s); }
static const char *receipt_state(int32_t s) { return asset_state_name(ASSET_WAREHOUSE_RECEIPT, s); }

static const char *profile_word(int32_t p) { return p > AUTH_NONE ? auth_profile_name((enum auth_profile)p) : NULL; }
/* --- alerts --- */
static const char *alert_word(int32_t a) { return alert_info(a) ? alert_info(a)->code : NULL; }
static const char *alert_text(int32_t a) { return alert_info(a) ? alert_info(a)->text : NULL; }
static const char *alert_rank(int32_t a)
{
	static const char *const rank[] = { NULL, "1", "2", "3" };

	return alert_info(a) ? rank[alert_info(a)->severity] : NULL;
}
static const char *alert_level(int32_t a)
{
	return alert_info(a) ? alert_severity_name(alert_info(a)->severity) : NULL;
}

static const char *trade_word(int32_t n) { return xd_info((unsigned)n) ? xd_info((unsigned)n)->id : NULL; }
static const char *trade_stop(int32_t n)
{
	return xd_info((unsigned)n) && xd_info((unsigned)n)->weight == XD_BLOCKS ? xd_info((unsigned)n)->id : NULL;
}

/* What only the registry itself may sign. */
static const char *registry_type(int32_t k)
{
	const struct statement_info *info = statement_info((enum statement_kind)k);

	return info && info->roles == ROLE_REGISTRY ? info->type : NULL;
}

static const struct {
	const char *list;
	name_fn *name;
	int32_t last;
} list[] = {
	{ "asset_kind", asset_kind_name, ASSET_KINDS - 1 },
	{ "receivable", receivable_state, 63 },
	{ "receipt", receipt_state, 63 },
	{ "voucher", voucher_state, 63 },
	{ "bill", bill_state, 63 },
	{ "pool", pool_state, 63 },
	{ "member", member_status_name, 63 },
	{ "hop", hop_kind_name, 63 },
	{ "encumbrance", encumbrance_state_name, 63 },
	{ "hold", hold_state_name, 63 },
	{ "encumbrance_kind", enc_kind, 5 },
	{ "party", party_state, 2 },
	{ "statement", type_name, 1023 },
	{ "registry_says", registry_type, 1023 },
	{ "alg", alg_word, 3 },
	{ "fault", fault_slug, 1023 },
	{ "rule", rule_name, RULES_ALL },
	{ "rule_unit", rule_unit, RULES_ALL },
	{ "inventory", inventory_state, 63 },
	{ "prepayment", prepayment_state, 63 },
	{ "goods", goods_class_name, GOODS_CLASSES - 1 },
	{ "finding", finding_state_name, FINDING_CONFIRMED },
	{ "appeal", appeal_state_name, APPEAL_DISMISSED },
	{ "severity", severity_name, SEVERITY_BLOCK },
	{ "signal", signal_id, SIGNAL_NUMBERS - 1 },
	{ "signal_name", signal_name, SIGNAL_NUMBERS - 1 },
	{ "signal_text", signal_text, SIGNAL_NUMBERS - 1 },
	{ "signal_zh", signal_zh, SIGNAL_NUMBERS - 1 },
	{ "signal_unit", signal_unit, SIGNAL_NUMBERS - 1 },
	{ "warning", warning_word, WARNING_NUMBERS - 1 },
	{ "warning_name", warning_name, WARNING_NUMBERS - 1 },
	{ "warning_text", warning_text, WARNING_NUMBERS - 1 },
	{ "warning_zh", warning_zh, WARNING_NUMBERS - 1 },
	{ "warning_unit", warning_unit, WARNING_NUMBERS - 1 },
	{ "warning_severity", warning_severity_name, WARN_ALARM },
	{ "warning_state", warning_state_name, WARNING_CLOSED },
	{ "objection", objection_state_name, OBJ_STATES - 1 },
	{ "dispute_code", dispute_code_name, 6 },
	{ "party_size", party_size_name, SIZE_MICRO },
	{ "auth_profile", profile_word, AUTH_PROFILES - 1 },
	{ "purpose", purpose_word, PURPOSES_STATED - 1 },
	{ "consent_scope", consent_scope_word, CONSENT_ALL },
	{ "anchor_purpose", anchor_purpose_name, PURPOSES - 1 },
	/* alerts */
	{ "alert", alert_word, 1023 },
	{ "alert_text", alert_text, 1023 },
	{ "alert_severity", alert_level, 1023 },
	{ "alert_rank", alert_rank, 1023 },
	{ "trade", trade_word, XD_COUNT_MAX - 1 },
	{ "trade_stop", trade_stop, XD_COUNT_MAX - 1 },
};

bool words_each(word_fn *fn, void *arg)
{
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		for (int32_t n = 0; n <= list[i].last; n++) {
			const char *word = list[i].name(n);

			if (word && !fn(arg, list[i].list, n, word))
				return false;
		}
	for (unsigned bit = 0; bit < 31; bit++) {
		const char *word = role_name((int32_t)1 << bit);

		if (word && !fn(arg, "role", (int32_t)1 << bit, word))
			return false;
	}
	return true;
}
