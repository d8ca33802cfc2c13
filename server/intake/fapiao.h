/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fapiao.h: Chinese tax invoices in XML: 数电票 (EInvoice, versions 0.2 to
 * 0.37), the fp: vocabulary of 2016 and 2019 that OFD files carry, and the
 * flat forms with Chinese or pinyin tags.
 *
 * Each dialect is a table of paths. What they lead to is one list of facts as
 * they were written (struct cn_invoice); from there on the dialects are
 * forgotten: one function fills the model, one judges. So an invoice says the
 * same in any of them, and an OFD's visible text can be held against its
 * attachment fact by fact.
 */
#ifndef CF_INTAKE_FAPIAO_H
#define CF_INTAKE_FAPIAO_H

#include "intake/document_draft.h"
#include "intake/xml_tree.h"

enum cn_fact {
	CN_NO, /* 20 digits, or the 8 behind a code */
	CN_ID, /* the number a second time */
	CN_CODE,
	CN_TAG,
	CN_VERSION,
	CN_DATE,
	CN_IS_BLUE, /* Y or N */
	CN_SELLER_NAME,
	CN_SELLER_ID,
	CN_SELLER_ACCOUNT,
	CN_SELLER_BANK, /* bank and account in one text */
	CN_BUYER_NAME,
	CN_BUYER_ID,
	CN_NET,
	CN_TAX_TOTAL,
	CN_GROSS_TOTAL,
	CN_IN_WORDS,
	CN_DEDUCTED,
	CN_REMARK,
	CN_BUREAU,
	CN_BUREAU_NAME,
	CN_BLUE_NO,
	CN_BLUE_CODE,
	CN_CHECK_CODE,
	CN_GRAPH_CODE,
	CN_FACTS
};
enum cn_line_fact {
	CN_ITEM,
	CN_SPEC,
	CN_UNIT,
	CN_QUANTITY,
	CN_PRICE,
	CN_AMOUNT,
	CN_RATE_TEXT,
	CN_LINE_TAX_TEXT,
	CN_CLASS_CODE,
	CN_LINE_NO,
	CN_LINE_FACTS
};
struct cn_value {
	struct span text;
	const char *path; /* below the root, as the dialect has it; NULL when the fact is absent */
};
struct cn_line {
	struct cn_value value[CN_LINE_FACTS];
};
struct cn_invoice {
	struct cn_value fact[CN_FACTS];
	const struct cn_line *lines;
	uint32_t n;
	const char *line_path; /* of the lines, for findings */
};

/* Whether this element begins an invoice in any dialect. */
bool fapiao_is_root(struct span ns, struct span name);
/* What is written under root; findings about its form go to d. False when mem is full. */
MUST_CHECK bool fapiao_read(struct draft *d, const struct xml_node *root, struct cn_invoice *ret);
/* Into the model, and judged. */
void fapiao_fill(struct draft *d, const struct cn_invoice *in);
/* fapiao_rules.c */
void fapiao_judge(struct draft *d, const struct cn_invoice *in);

/* A date as any of the dialects writes it: 2026-09-14 [12:51:03], 20260914[125103], 2026年09月14日. */
MUST_CHECK bool fapiao_day(struct span s, struct date *ret);
/* 0.06, 0.060000, 6%, 免税, 不征税, ***: parts per million and tax category; false when it is none of these. */
MUST_CHECK bool fapiao_rate(struct span s, int32_t *rate, struct span *category);
/* 壹万贰仟叁佰肆拾伍圆陆角柒分 in fen; false when it is no amount in words. */
MUST_CHECK bool fapiao_words(struct span s, int64_t *ret);
/* An amount without the currency sign a page shows; three stars (no tax) are 0. */
struct span fapiao_amount(struct span s);
#endif
