/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_fields.c: the table of the model. A fact added to struct document
 * is added here once, and then travels and prints.
 */
#include "intake/document_fields.h"

static const char *name_in(const char *const *names, size_t n, unsigned v) { return v < n && names[v] ? names[v] : ""; }

static const char *role_name(unsigned v)
{
	static const char *const names[] = { [ID_ENDPOINT] = "endpoint",
		                             [ID_PARTY] = "party",
		                             [ID_LEGAL] = "legal",
		                             [ID_TAX] = "tax",
		                             [ID_ACCOUNT] = "account" };
	return name_in(names, ARRAY_LEN(names), v);
}

static const char *level_name(unsigned v)
{
	static const char *const names[] = { [DOC_L0] = "L0", [DOC_L1] = "L1" };
	return name_in(names, ARRAY_LEN(names), v);
}

static const char *dialect_name(unsigned v)
{
	static const char *const names[] = {
		[DIALECT_PLAIN] = "ubl", [DIALECT_EN] = "en16931", [DIALECT_PEPPOL] = "peppol"
	};
	return name_in(names, ARRAY_LEN(names), v);
}

static const char *severity_name(unsigned v)
{
	static const char *const names[] = { [SEV_W] = "W", [SEV_E] = "E" };
	return name_in(names, ARRAY_LEN(names), v);
}

static const char *kind_name(unsigned v)
{
	const char *name = document_kind_name((enum doc_kind)v);
	return name ? name : "";
}

static const char *rule_name(unsigned v) { return v < DOC_RULES ? document_rule_info((enum doc_rule)v)->id : ""; }

static const char *rule_text(unsigned v) { return v < DOC_RULES ? document_rule_info((enum doc_rule)v)->text : ""; }

#define ROW(type, name, shape, field)                                       \
	{                                                                   \
		name, shape, offsetof(struct type, field), NULL, 0, 0, NULL \
	}
#define ENUM(type, name, shape, field, n, names)                             \
	{                                                                    \
		name, shape, offsetof(struct type, field), NULL, 0, n, names \
	}
#define LIST(type, name, field, in, item, max)                                                 \
	{                                                                                      \
		name, F_LIST, offsetof(struct type, field), in, sizeof(struct item), max, NULL \
	}
#define PARTY(name, field)                                                         \
	{                                                                          \
		name, F_PARTY, offsetof(struct document, field), party, 0, 0, NULL \
	}
#define END                                              \
	{                                                \
		NULL, F_TEXT, 0, NULL, SIZE_MAX, 0, NULL \
	}

static const struct field id[] = { ENUM(doc_id, "role", F_ENUM8, role, ID_ACCOUNT + 1, role_name),
	                           ROW(doc_id, "scheme", F_TEXT, scheme), ROW(doc_id, "value", F_TEXT, value), END };
static const struct field party[] = { ROW(doc_party, NULL, F_FLAG, present),
	                              ROW(doc_party, NULL, F_FLAG, address),
	                              ROW(doc_party, "country", F_TEXT, country),
	                              LIST(doc_party, "ids", ids, id, doc_id, DOC_PARTY_IDS_MAX),
	                              ROW(doc_party, "name", F_TEXT, name),
	                              ROW(doc_party, "trade_name", F_TEXT, trade_name),
	                              END };
static const struct field allowance[] = { ROW(doc_allowance, "amount", F_MONEY, amount),
	                                  ROW(doc_allowance, "base", F_MONEY, base),
	                                  ROW(doc_allowance, "category", F_TEXT, category),
	                                  ROW(doc_allowance, "charge", F_FLAG, charge),
	                                  ROW(doc_allowance, "percent_ppm", F_RATE, percent),
	                                  ROW(doc_allowance, "rate_ppm", F_RATE, rate),
	                                  ROW(doc_allowance, "reason", F_TEXT, reason),
	                                  ROW(doc_allowance, "reason_code", F_TEXT, reason_code),
	                                  END };
static const struct field tax[] = { ROW(doc_tax, "base", F_MONEY, base),
	                            ROW(doc_tax, "category", F_TEXT, category),
	                            ROW(doc_tax, "rate_ppm", F_RATE, rate),
	                            ROW(doc_tax, "reason", F_TEXT, reason),
	                            ROW(doc_tax, "reason_code", F_TEXT, reason_code),
	                            ROW(doc_tax, "scheme", F_TEXT, scheme),
	                            ROW(doc_tax, "tax", F_MONEY, tax),
	                            END };
static const struct field line[] = { LIST(doc_line, "allowances", allowances, allowance, doc_allowance,
	                                  DOC_ALLOWANCES_MAX),
	                             ROW(doc_line, "base_quantity", F_NUMBER, base_quantity),
	                             ROW(doc_line, "base_unit", F_TEXT, base_unit),
	                             ROW(doc_line, "category", F_TEXT, category),
	                             ROW(doc_line, "gross_price", F_NUMBER, gross_price),
	                             ROW(doc_line, "lot", F_TEXT, lot),
	                             ROW(doc_line, "name", F_TEXT, name),
	                             ROW(doc_line, "net", F_MONEY, net),
	                             ROW(doc_line, "no", F_TEXT, no),
	                             ROW(doc_line, "order_line", F_TEXT, order_line),
	                             ROW(doc_line, "period_end", F_DATE, period_end),
	                             ROW(doc_line, "period_start", F_DATE, period_start),
	                             ROW(doc_line, "price", F_NUMBER, price),
	                             ROW(doc_line, "quantity", F_NUMBER, quantity),
	                             ROW(doc_line, "rate_ppm", F_RATE, rate),
	                             ROW(doc_line, "seller_item", F_TEXT, seller_item),
	                             ROW(doc_line, "standard_item", F_TEXT, standard_item),
	                             ROW(doc_line, "standard_scheme", F_TEXT, standard_scheme),
	                             ROW(doc_line, "unit", F_TEXT, unit),
	                             END };
static const struct field ref[] = { ROW(doc_ref, "date", F_DATE, date), ROW(doc_ref, "number", F_TEXT, number), END };
static const struct field note[] = { ROW(doc_note, "", F_TEXT, text), END };
static const struct field finding[] = { ROW(doc_finding, "detail", F_TEXT, detail),
	                                ENUM(doc_finding, "rule", F_ENUM16, rule, DOC_RULES, rule_name),
	                                ROW(doc_finding, "same_as", F_TEXT, same_as),
	                                ENUM(doc_finding, "severity", F_ENUM8, severity, SEV_E + 1, severity_name),
	                                ENUM(doc_finding, "text", F_ENUM16, rule, DOC_RULES,
	                                     rule_text), /* the same number, told in words */
	                                ROW(doc_finding, "where", F_TEXT, where),
	                                END };

const struct field document_fields[] = { ROW(document, "account", F_TEXT, account),
	                                 LIST(document, "allowances", allowances, allowance, doc_allowance,
	                                      DOC_ALLOWANCES_MAX),
	                                 ROW(document, "attachments", F_U16, attachments),
	                                 PARTY("buyer", buyer),
	                                 ROW(document, "contract_ref", F_TEXT, contract_ref),
	                                 ROW(document, "currency", F_TEXT, currency),
	                                 ROW(document, "delivery_date", F_DATE, delivery_date),
	                                 ROW(document, "despatch_ref", F_TEXT, despatch_ref),
	                                 ENUM(document, "dialect", F_ENUM16, dialect, DIALECTS, dialect_name),
	                                 ROW(document, "due_date", F_DATE, due_date),
	                                 LIST(document, "findings", findings, finding, doc_finding, DOC_FINDINGS_MAX),
	                                 ROW(document, "issue_date", F_DATE, issue_date),
	                                 ENUM(document, "kind", F_ENUM16, kind, DOC_KINDS, kind_name),
	                                 ENUM(document, "level", F_ENUM16, level, DOC_L1 + 1, level_name),
	                                 LIST(document, "lines", lines, line, doc_line, DOC_LINES_MAX),
	                                 LIST(document, "notes", notes, note, doc_note, DOC_TEXTS_MAX),
	                                 ROW(document, "number", F_TEXT, number),
	                                 ROW(document, "order_ref", F_TEXT, order_ref),
	                                 ROW(document, "payable", F_MONEY, payable),
	                                 PARTY("payee", payee),
	                                 ROW(document, "payment_terms", F_TEXT, payment_terms),
	                                 ROW(document, "period_end", F_DATE, period_end),
	                                 ROW(document, "period_start", F_DATE, period_start),
	                                 LIST(document, "preceding", preceding, ref, doc_ref, DOC_REFS_MAX),
	                                 ROW(document, "prepaid", F_MONEY, prepaid),
	                                 ROW(document, "profile", F_TEXT, profile),
	                                 ROW(document, "receipt_ref", F_TEXT, receipt_ref),
	                                 ROW(document, "refused", F_U32, refused),
	                                 ROW(document, "rounding", F_MONEY, rounding),
	                                 PARTY("seller", seller),
	                                 ROW(document, "sha256", F_HASH, sha256),
	                                 ROW(document, "sum_allowances", F_MONEY, sum_allowances),
	                                 ROW(document, "sum_charges", F_MONEY, sum_charges),
	                                 ROW(document, "sum_lines", F_MONEY, sum_lines),
	                                 ROW(document, NULL, F_U16, tax_breakdowns),
	                                 ROW(document, "tax_currency", F_TEXT, tax_currency),
	                                 ROW(document, "tax_in_tax_currency", F_MONEY, tax_in_tax_currency),
	                                 ROW(document, "tax_point_date", F_DATE, tax_point_date),
	                                 PARTY("tax_representative", tax_representative),
	                                 ROW(document, NULL, F_U16, tax_totals),
	                                 LIST(document, "taxes", taxes, tax, doc_tax, DOC_TAXES_MAX),
	                                 ROW(document, "total_gross", F_MONEY, total_gross),
	                                 ROW(document, "total_net", F_MONEY, total_net),
	                                 ROW(document, "total_tax", F_MONEY, total_tax),
	                                 ROW(document, "type_code", F_TEXT, type_code),
	                                 ROW(document, "uuid", F_TEXT, uuid),
	                                 END };
