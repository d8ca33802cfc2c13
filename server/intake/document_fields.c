/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_fields.c: the table of the model. A fact added to struct document
 * is added here once, and then travels and prints.
 */
#include "intake/authenticity.h"
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

static const char *ref_name(unsigned v)
{
	static const char *const names[] = {
		[REF_ORDER] = "order",      [REF_ORDER_CHANGE] = "order-change", [REF_DESPATCH] = "despatch",
		[REF_RECEIPT] = "receipt",  [REF_CONTRACT] = "contract",         [REF_INVOICE] = "invoice",
		[REF_DOCUMENT] = "document"
	};
	return name_in(names, ARRAY_LEN(names), v);
}

static const char *level_name(unsigned v) { return document_level_name((enum doc_level)v); }

static const char *dialect_name(unsigned v)
{
	static const char *const names[] = {
		[DIALECT_PLAIN] = "plain", [DIALECT_EN] = "en16931", [DIALECT_PEPPOL] = "peppol"
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

static const char *profile_name(unsigned v) { return auth_profile_name((enum auth_profile)v); }

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
#define OBJECT(type, name, field, in)                                        \
	{                                                                    \
		name, F_OBJECT, offsetof(struct type, field), in, 0, 0, NULL \
	}
#define PARTY(name, field)                                                         \
	{                                                                          \
		name, F_PARTY, offsetof(struct document, field), party, 0, 0, NULL \
	}
#define END                                              \
	{                                                \
		NULL, F_TEXT, 0, NULL, SIZE_MAX, 0, NULL \
	}

static const struct field id[] = { ROW(doc_id, "name", F_TEXT, name),
	                           ENUM(doc_id, "role", F_ENUM8, role, ID_ACCOUNT + 1, role_name),
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
static const struct field signature[] = { ROW(doc_signature, NULL, F_FLAG, present),
	                                  ROW(doc_signature, "anchor", F_TEXT, anchor),
	                                  ROW(doc_signature, "anchor_id", F_TEXT, anchor_id),
	                                  ROW(doc_signature, "anchored", F_FLAG, anchored),
	                                  ROW(doc_signature, "bound", F_FLAG, bound),
	                                  ROW(doc_signature, "claimed", F_TEXT, claimed),
	                                  ROW(doc_signature, "current", F_FLAG, current),
	                                  LIST(doc_signature, "ids", ids, id, doc_id, DOC_PARTY_IDS_MAX),
	                                  ROW(doc_signature, "issuer", F_TEXT, issuer),
	                                  ROW(doc_signature, "jurisdiction", F_TEXT, jurisdiction),
	                                  ENUM(doc_signature, "profile", F_ENUM16, profile, AUTH_PROFILES,
	                                       profile_name),
	                                  ROW(doc_signature, "signer", F_TEXT, signer),
	                                  ROW(doc_signature, "timely", F_FLAG, timely),
	                                  ROW(doc_signature, "whole", F_FLAG, whole),
	                                  END };
static const struct field ref[] = { ROW(doc_ref, "attachment", F_FLAG, attachment),
	                            ROW(doc_ref, "date", F_DATE, date),
	                            ROW(doc_ref, "file", F_TEXT, file),
	                            ROW(doc_ref, "line", F_TEXT, line),
	                            ROW(doc_ref, "mime", F_TEXT, mime),
	                            ROW(doc_ref, "number", F_TEXT, number),
	                            ENUM(doc_ref, "role", F_ENUM8, role, REF_DOCUMENT + 1, ref_name),
	                            ROW(doc_ref, "scheme", F_TEXT, scheme),
	                            ROW(doc_ref, "type_code", F_TEXT, type_code),
	                            ROW(doc_ref, "uuid", F_TEXT, uuid),
	                            END };
static const struct field note[] = { ROW(doc_note, "", F_TEXT, text), END };
static const struct field property[] = { ROW(doc_property, "name", F_TEXT, name),
	                                 ROW(doc_property, "value", F_TEXT, value), END };
static const struct field line[] = {
	LIST(doc_line, "allowances", allowances, allowance, doc_allowance, DOC_ALLOWANCES_MAX),
	ROW(doc_line, "backorder", F_NUMBER, backorder),
	ROW(doc_line, "base_quantity", F_NUMBER, base_quantity),
	ROW(doc_line, "base_unit", F_TEXT, base_unit),
	ROW(doc_line, "buyer_item", F_TEXT, buyer_item),
	ROW(doc_line, "category", F_TEXT, category),
	LIST(doc_line, "classes", classes, property, doc_property, DOC_PROPERTIES_MAX),
	ROW(doc_line, "delivered", F_NUMBER, delivered),
	ROW(doc_line, "grade", F_TEXT, grade),
	ROW(doc_line, "gross_price", F_NUMBER, gross_price),
	ROW(doc_line, "location", F_TEXT, location),
	ROW(doc_line, "lot", F_TEXT, lot),
	ROW(doc_line, "marks", F_TEXT, marks),
	ROW(doc_line, "name", F_TEXT, name),
	ROW(doc_line, "net", F_MONEY, net),
	ROW(doc_line, "no", F_TEXT, no),
	ROW(doc_line, "order_line", F_TEXT, order_line),
	ROW(doc_line, "origin", F_TEXT, origin),
	ROW(doc_line, "outstanding", F_NUMBER, outstanding),
	ROW(doc_line, "oversupply", F_NUMBER, oversupply),
	ROW(doc_line, "period_end", F_DATE, period_end),
	ROW(doc_line, "period_start", F_DATE, period_start),
	ROW(doc_line, "pieces", F_NUMBER, pieces),
	ROW(doc_line, "price", F_NUMBER, price),
	LIST(doc_line, "properties", properties, property, doc_property, DOC_PROPERTIES_MAX),
	ROW(doc_line, "quantity", F_NUMBER, quantity),
	ROW(doc_line, "rate_ppm", F_RATE, rate),
	ROW(doc_line, "reason", F_TEXT, reason),
	ROW(doc_line, "received", F_NUMBER, received),
	LIST(doc_line, "references", references, ref, doc_ref, DOC_REFS_MAX),
	ROW(doc_line, "rejected", F_NUMBER, rejected),
	ROW(doc_line, "seller_item", F_TEXT, seller_item),
	ROW(doc_line, "shortage", F_NUMBER, shortage),
	ROW(doc_line, "spec", F_TEXT, spec),
	ROW(doc_line, "sscc", F_TEXT, sscc),
	ROW(doc_line, "standard_item", F_TEXT, standard_item),
	ROW(doc_line, "standard_scheme", F_TEXT, standard_scheme),
	ROW(doc_line, "status", F_TEXT, status),
	ROW(doc_line, "tax", F_MONEY, tax),
	ROW(doc_line, "unit", F_TEXT, unit),
	ROW(doc_line, "value", F_MONEY, value),
	ROW(doc_line, NULL, F_FLAG, period),
	ROW(doc_line, NULL, F_FLAG, mixed_units),
	END
};
static const struct field payment[] = { ROW(doc_payment, "account", F_TEXT, account),
	                                ROW(doc_payment, "card", F_TEXT, card),
	                                ROW(doc_payment, "due", F_DATE, due),
	                                ROW(doc_payment, "means", F_TEXT, means),
	                                ROW(doc_payment, "reference", F_TEXT, reference),
	                                ROW(doc_payment, NULL, F_FLAG, to_account),
	                                END };
static const struct field package[] = { ROW(doc_package, "id", F_TEXT, id), ROW(doc_package, "scheme", F_TEXT, scheme),
	                                END };
static const struct field response[] = {
	ROW(doc_response, "code", F_TEXT, code),           ROW(doc_response, "effective", F_DATE, effective),
	ROW(doc_response, "reason", F_TEXT, reason),       ROW(doc_response, "reason_code", F_TEXT, reason_code),
	OBJECT(doc_response, "reference", reference, ref), END
};
static const struct field balance[] = { ROW(doc_balance, "amount", F_MONEY, amount),
	                                ROW(doc_balance, "code", F_TEXT, code), ROW(doc_balance, "date", F_DATE, date),
	                                ROW(doc_balance, "side", F_TEXT, side), END };
static const struct field transaction[] = { ROW(doc_transaction, "amount", F_MONEY, amount),
	                                    ROW(doc_transaction, "creditor", F_TEXT, creditor),
	                                    ROW(doc_transaction, "creditor_account", F_TEXT, creditor_account),
	                                    ROW(doc_transaction, "creditor_ref", F_TEXT, creditor_ref),
	                                    ROW(doc_transaction, "debtor", F_TEXT, debtor),
	                                    ROW(doc_transaction, "debtor_account", F_TEXT, debtor_account),
	                                    ROW(doc_transaction, "end_to_end", F_TEXT, end_to_end),
	                                    ROW(doc_transaction, "instruction", F_TEXT, instruction),
	                                    LIST(doc_transaction, "invoices", invoices, ref, doc_ref, DOC_REFS_MAX),
	                                    LIST(doc_transaction, "remittance", remittance, note, doc_note,
	                                         DOC_TEXTS_MAX),
	                                    ROW(doc_transaction, "servicer_ref", F_TEXT, servicer_ref),
	                                    ROW(doc_transaction, "side", F_TEXT, side),
	                                    ROW(doc_transaction, "transaction", F_TEXT, transaction),
	                                    ROW(doc_transaction, "uetr", F_TEXT, uetr),
	                                    END };
static const struct field entry[] = { ROW(doc_entry, "amount", F_MONEY, amount),
	                              ROW(doc_entry, "booked", F_DATE, booked),
	                              ROW(doc_entry, "reference", F_TEXT, reference),
	                              ROW(doc_entry, "reversal", F_FLAG, reversal),
	                              ROW(doc_entry, "servicer_ref", F_TEXT, servicer_ref),
	                              ROW(doc_entry, "side", F_TEXT, side),
	                              ROW(doc_entry, "status", F_TEXT, status),
	                              LIST(doc_entry, "transactions", transactions, transaction, doc_transaction,
	                                   DOC_ENTRIES_MAX),
	                              ROW(doc_entry, "valued", F_DATE, valued),
	                              END };
static const struct field statement[] = { ROW(doc_statement, "account", F_TEXT, account),
	                                  LIST(doc_statement, "balances", balances, balance, doc_balance,
	                                       DOC_BALANCES_MAX),
	                                  ROW(doc_statement, "created", F_DATE, created),
	                                  ROW(doc_statement, "currency", F_TEXT, currency),
	                                  LIST(doc_statement, "entries", entries, entry, doc_entry, DOC_ENTRIES_MAX),
	                                  ROW(doc_statement, "entries_stated", F_NUMBER, entries_stated),
	                                  ROW(doc_statement, "id", F_TEXT, id),
	                                  ROW(doc_statement, "owner", F_TEXT, owner),
	                                  ROW(doc_statement, "period_end", F_DATE, period_end),
	                                  ROW(doc_statement, "period_start", F_DATE, period_start),
	                                  ROW(doc_statement, "servicer", F_TEXT, servicer),
	                                  END };
static const struct field endorsement[] = { ROW(doc_endorsement, "action", F_TEXT, action),
	                                    ROW(doc_endorsement, "actor", F_TEXT, actor),
	                                    ROW(doc_endorsement, "actor_id", F_TEXT, actor_id),
	                                    ROW(doc_endorsement, "at", F_TEXT, at),
	                                    ROW(doc_endorsement, "recipient", F_TEXT, recipient),
	                                    ROW(doc_endorsement, "recipient_id", F_TEXT, recipient_id),
	                                    END };
#define PART(type, name, field, in)                                         \
	{                                                                   \
		name, F_PARTY, offsetof(struct type, field), in, 0, 0, NULL \
	}
static const struct field title[] = { ROW(doc_title, NULL, F_FLAG, present),
	                              ROW(doc_title, "control_key", F_TEXT, control_key),
	                              LIST(doc_title, "encumbrances", encumbrances, note, doc_note, DOC_TEXTS_MAX),
	                              LIST(doc_title, "endorsements", endorsements, endorsement, doc_endorsement,
	                                   DOC_ENDORSEMENTS_MAX),
	                              ROW(doc_title, "from", F_TEXT, from),
	                              PART(doc_title, "holder", holder, party),
	                              ROW(doc_title, "insured", F_MONEY, insured),
	                              ROW(doc_title, "insured_until", F_DATE, insured_until),
	                              ROW(doc_title, "insurer", F_TEXT, insurer),
	                              ROW(doc_title, "loss_ppm", F_RATE, loss),
	                              ROW(doc_title, "negotiable", F_FLAG, negotiable),
	                              ROW(doc_title, "on_board", F_DATE, on_board),
	                              PART(doc_title, "order_party", order_party, party),
	                              ROW(doc_title, "place", F_TEXT, place),
	                              ROW(doc_title, "policy", F_TEXT, policy),
	                              ROW(doc_title, "state", F_TEXT, state),
	                              ROW(doc_title, "to", F_TEXT, to),
	                              ROW(doc_title, "value", F_MONEY, value),
	                              ROW(doc_title, "version", F_TEXT, version),
	                              ROW(doc_title, "vessel", F_TEXT, vessel),
	                              ROW(doc_title, "voyage", F_TEXT, voyage),
	                              END };
static const struct field finding[] = { ROW(doc_finding, "detail", F_TEXT, detail),
	                                ENUM(doc_finding, "rule", F_ENUM16, rule, DOC_RULES, rule_name),
	                                ROW(doc_finding, "same_as", F_TEXT, same_as),
	                                ENUM(doc_finding, "severity", F_ENUM8, severity, SEV_E + 1, severity_name),
	                                ENUM(doc_finding, "text", F_ENUM16, rule, DOC_RULES,
	                                     rule_text), /* the same number, told in words */
	                                ROW(doc_finding, "where", F_TEXT, where),
	                                END };

const struct field document_fields[] = {
	ROW(document, "account", F_TEXT, account),
	LIST(document, "allowances", allowances, allowance, doc_allowance, DOC_ALLOWANCES_MAX),
	ROW(document, "amount_words", F_TEXT, amount_words),
	ROW(document, "attachments", F_U16, attachments),
	ROW(document, "authority", F_TEXT, authority),
	PARTY("buyer", buyer),
	PARTY("carrier", carrier),
	ROW(document, "contract_ref", F_TEXT, contract_ref),
	ROW(document, "currency", F_TEXT, currency),
	ROW(document, "deduction", F_MONEY, deduction),
	ROW(document, NULL, F_FLAG, deliver_to),
	ROW(document, "delivery_country", F_TEXT, delivery_country),
	ROW(document, "delivery_date", F_DATE, delivery_date),
	ROW(document, "despatch_date", F_DATE, despatch_date),
	ROW(document, "despatch_ref", F_TEXT, despatch_ref),
	ENUM(document, "dialect", F_ENUM16, dialect, DIALECTS, dialect_name),
	ROW(document, "due_date", F_DATE, due_date),
	LIST(document, "findings", findings, finding, doc_finding, DOC_FINDINGS_MAX),
	ROW(document, "gross_weight", F_NUMBER, gross_weight),
	ROW(document, "issue_date", F_DATE, issue_date),
	ENUM(document, "kind", F_ENUM16, kind, DOC_KINDS, kind_name),
	ENUM(document, "level", F_ENUM16, level, DOC_LEVELS, level_name),
	LIST(document, "lines", lines, line, doc_line, DOC_LINES_MAX),
	LIST(document, "notes", notes, note, doc_note, DOC_TEXTS_MAX),
	ROW(document, "number", F_TEXT, number),
	ROW(document, "order_ref", F_TEXT, order_ref),
	LIST(document, "packages", packages, package, doc_package, DOC_PACKAGES_MAX),
	ROW(document, "payable", F_MONEY, payable),
	PARTY("payee", payee),
	ROW(document, "payment_terms", F_TEXT, payment_terms),
	LIST(document, "payments", payments, payment, doc_payment, DOC_PAYMENTS_MAX),
	ROW(document, NULL, F_FLAG, period),
	ROW(document, "period_end", F_DATE, period_end),
	ROW(document, "period_start", F_DATE, period_start),
	LIST(document, "preceding", preceding, ref, doc_ref, DOC_REFS_MAX),
	ROW(document, "prepaid", F_MONEY, prepaid),
	ROW(document, "profile", F_TEXT, profile),
	ROW(document, "receipt_ref", F_TEXT, receipt_ref),
	PARTY("receiver", receiver),
	LIST(document, "references", references, ref, doc_ref, DOC_REFS_MAX),
	ROW(document, "refused", F_U32, refused),
	ROW(document, "response_code", F_TEXT, response_code),
	LIST(document, "responses", responses, response, doc_response, DOC_RESPONSES_MAX),
	ROW(document, "rounding", F_MONEY, rounding),
	PARTY("seller", seller),
	PARTY("sender", sender),
	ROW(document, "sha256", F_HASH, sha256),
	{ "signature", F_PARTY, offsetof(struct document, signature), signature, 0, 0, NULL },
	LIST(document, "statements", statements, statement, doc_statement, DOC_STATEMENTS_MAX),
	ROW(document, "sum_allowances", F_MONEY, sum_allowances),
	ROW(document, "sum_charges", F_MONEY, sum_charges),
	ROW(document, "sum_lines", F_MONEY, sum_lines),
	ROW(document, NULL, F_U16, tax_breakdowns),
	ROW(document, "tax_currency", F_TEXT, tax_currency),
	ROW(document, "tax_in_tax_currency", F_MONEY, tax_in_tax_currency),
	ROW(document, "tax_point_code", F_TEXT, tax_point_code),
	ROW(document, "tax_point_date", F_DATE, tax_point_date),
	PARTY("tax_representative", tax_representative),
	ROW(document, NULL, F_U16, tax_totals),
	LIST(document, "taxes", taxes, tax, doc_tax, DOC_TAXES_MAX),
	PART(document, "title", title, title),
	ROW(document, "total_gross", F_MONEY, total_gross),
	ROW(document, "total_net", F_MONEY, total_net),
	ROW(document, "total_tax", F_MONEY, total_tax),
	ROW(document, "type_code", F_TEXT, type_code),
	ROW(document, "uuid", F_TEXT, uuid),
	ROW(document, "valid_until", F_DATE, valid_until),
	PARTY("weigher", weigher),
	ROW(document, "weight_unit", F_TEXT, weight_unit),
	END
};
