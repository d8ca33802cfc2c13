/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fapiao_read.c: the dialects of Chinese tax invoices, as tables of paths.
 *
 * A path is a chain of element names below the root. A fact may have several
 * paths; what stands at more than one of them must be the same everywhere. A
 * step that should be there once and is there twice is a finding (TWICE), and
 * so is an element of the right name in a namespace of its own (NAMESPACE):
 * it is not read.
 */
#include "intake/fapiao.h"

struct cn_path {
	enum cn_fact fact;
	const char *path;
};
struct cn_line_path {
	enum cn_line_fact fact;
	const char *path;
};
struct dialect {
	struct span root[3];
	bool fp; /* elements lie in the fp: namespace, or in none; otherwise always in none */
	const char *name;
	const struct cn_path *paths;
	const char *lines;  /* repeated elements, one a line ... */
	const char *nested; /* ... or, when they have such children, each of these is a line */
	const struct cn_line_path *line;
};

/* ---- 数电票 as the tax bureau publishes it ---- */
static const struct cn_path einvoice_paths[] = {
	{ CN_NO, "TaxSupervisionInfo/InvoiceNumber" },
	{ CN_ID, "Header/EIid" },
	{ CN_TAG, "Header/EInvoiceTag" },
	{ CN_VERSION, "Header/Version" },
	{ CN_DATE, "TaxSupervisionInfo/IssueTime" },
	{ CN_IS_BLUE, "Header/InherentLabel/InIssuType/LabelCode" },
	{ CN_SELLER_NAME, "EInvoiceData/SellerInformation/SellerName" },
	{ CN_SELLER_ID, "EInvoiceData/SellerInformation/SellerIdNum" },
	{ CN_SELLER_ACCOUNT, "EInvoiceData/SellerInformation/SellerBankAccNum" },
	{ CN_BUYER_NAME, "EInvoiceData/BuyerInformation/BuyerName" },
	{ CN_BUYER_ID, "EInvoiceData/BuyerInformation/BuyerIdNum" },
	{ CN_NET, "EInvoiceData/BasicInformation/TotalAmWithoutTax" },
	{ CN_TAX_TOTAL, "EInvoiceData/BasicInformation/TotalTaxAm" },
	{ CN_GROSS_TOTAL, "EInvoiceData/BasicInformation/TotalTax-includedAmount" },
	{ CN_IN_WORDS, "EInvoiceData/BasicInformation/TotalTax-includedAmountInChinese" },
	{ CN_DEDUCTED, "EInvoiceData/BasicInformation/KCE" },
	{ CN_REMARK, "EInvoiceData/AdditionalInformation/Remark" },
	{ CN_REMARK, "EInvoiceData/BasicInformation/Remark" },
	{ CN_BUREAU, "TaxSupervisionInfo/TaxBureauCode" },
	{ CN_BUREAU_NAME, "TaxSupervisionInfo/TaxBureauName" },
	{ CN_BLUE_NO, "EInvoiceData/SpecificInformation/RedEInvoice/OriginalInvoiceCode" },
	{ CN_FACTS, NULL },
};
static const struct cn_line_path einvoice_line[] = {
	{ CN_ITEM, "ItemName" },       { CN_SPEC, "SpecMod" },
	{ CN_UNIT, "MeaUnits" },       { CN_QUANTITY, "Quantity" },
	{ CN_PRICE, "UnPrice" },       { CN_AMOUNT, "Amount" },
	{ CN_RATE_TEXT, "TaxRate" },   { CN_LINE_TAX_TEXT, "ComTaxAm" },
	{ CN_LINE_TAX_TEXT, "TaxAm" }, { CN_CLASS_CODE, "TaxClassificationCode" },
	{ CN_LINE_FACTS, NULL },
};

/* ---- fp:, the vocabulary inside OFD ---- */
static const struct cn_path fp_paths[] = {
	{ CN_NO, "InvoiceNo" },
	{ CN_CODE, "InvoiceCode" },
	{ CN_DATE, "IssueDate" },
	{ CN_SELLER_NAME, "Seller/SellerName" },
	{ CN_SELLER_ID, "Seller/SellerTaxID" },
	{ CN_SELLER_BANK, "Seller/SellerFinancialAccount" },
	{ CN_BUYER_NAME, "Buyer/BuyerName" },
	{ CN_BUYER_ID, "Buyer/BuyerTaxID" },
	{ CN_NET, "TaxExclusiveTotalAmount" },
	{ CN_TAX_TOTAL, "TaxTotalAmount" },
	{ CN_GROSS_TOTAL, "TaxInclusiveTotalAmount" },
	{ CN_IN_WORDS, "TaxInclusiveTotalAmountWithWords" },
	{ CN_DEDUCTED, "DeductibleAmount" },
	{ CN_REMARK, "Note" },
	{ CN_BLUE_NO, "OriginalInvoiceNo" },
	{ CN_BLUE_CODE, "OriginalInvoiceCode" },
	{ CN_CHECK_CODE, "InvoiceCheckCode" },
	{ CN_GRAPH_CODE, "GraphCode" },
	{ CN_BUREAU, "TaxBureauCode" },
	{ CN_BUREAU_NAME, "TaxBureauName" },
	{ CN_FACTS, NULL },
};
static const struct cn_line_path fp_line[] = {
	{ CN_LINE_NO, "LineNo" },     { CN_ITEM, "Item" },
	{ CN_SPEC, "Specification" }, { CN_UNIT, "MeasurementDimension" },
	{ CN_QUANTITY, "Quantity" },  { CN_PRICE, "Price" },
	{ CN_AMOUNT, "Amount" },      { CN_RATE_TEXT, "TaxScheme" },
	{ CN_CLASS_CODE, "Code" },    { CN_LINE_TAX_TEXT, "TaxAmount" },
	{ CN_LINE_FACTS, NULL },
};

/* ---- flat, with Chinese or pinyin tags ---- */
static const struct cn_path flat_paths[] = {
	{ CN_NO, "发票号码" },
	{ CN_NO, "FPHM" },
	{ CN_CODE, "发票代码" },
	{ CN_CODE, "FPDM" },
	{ CN_DATE, "开票日期" },
	{ CN_DATE, "KPRQ" },
	{ CN_SELLER_NAME, "销售方名称" },
	{ CN_SELLER_NAME, "销售方/销售方名称" },
	{ CN_SELLER_NAME, "销售方信息/销售方名称" },
	{ CN_SELLER_NAME, "XSFMC" },
	{ CN_SELLER_ID, "销售方纳税人识别号" },
	{ CN_SELLER_ID, "销售方/销售方纳税人识别号" },
	{ CN_SELLER_ID, "销售方信息/销售方纳税人识别号" },
	{ CN_SELLER_ID, "销售方信息/统一社会信用代码" },
	{ CN_SELLER_ID, "XSFNSRSBH" },
	{ CN_BUYER_NAME, "购买方名称" },
	{ CN_BUYER_NAME, "购买方/购买方名称" },
	{ CN_BUYER_NAME, "购买方信息/购买方名称" },
	{ CN_BUYER_NAME, "GMFMC" },
	{ CN_BUYER_ID, "购买方纳税人识别号" },
	{ CN_BUYER_ID, "购买方/购买方纳税人识别号" },
	{ CN_BUYER_ID, "购买方信息/购买方纳税人识别号" },
	{ CN_BUYER_ID, "购买方信息/统一社会信用代码" },
	{ CN_BUYER_ID, "GMFNSRSBH" },
	{ CN_NET, "合计金额" },
	{ CN_NET, "HJJE" },
	{ CN_TAX_TOTAL, "合计税额" },
	{ CN_TAX_TOTAL, "HJSE" },
	{ CN_GROSS_TOTAL, "价税合计" },
	{ CN_GROSS_TOTAL, "JSHJXX" },
	{ CN_GROSS_TOTAL, "JSHJ" },
	{ CN_IN_WORDS, "价税合计大写" },
	{ CN_IN_WORDS, "JSHJDX" },
	{ CN_DEDUCTED, "扣除额" },
	{ CN_DEDUCTED, "KCE" },
	{ CN_REMARK, "备注" },
	{ CN_REMARK, "BZ" },
	{ CN_BLUE_NO, "被红冲蓝字发票号码" },
	{ CN_BLUE_NO, "被红冲蓝字电子发票号码" },
	{ CN_CHECK_CODE, "校验码" },
	{ CN_CHECK_CODE, "JYM" },
	{ CN_FACTS, NULL },
};
static const struct cn_line_path flat_line[] = {
	{ CN_ITEM, "项目名称" },    { CN_ITEM, "货物名称" },
	{ CN_ITEM, "XMMC" },        { CN_SPEC, "规格型号" },
	{ CN_SPEC, "GGXH" },        { CN_UNIT, "单位" },
	{ CN_UNIT, "DW" },          { CN_QUANTITY, "数量" },
	{ CN_QUANTITY, "XMSL" },    { CN_PRICE, "单价" },
	{ CN_PRICE, "XMDJ" },       { CN_AMOUNT, "金额" },
	{ CN_AMOUNT, "XMJE" },      { CN_RATE_TEXT, "税率" },
	{ CN_RATE_TEXT, "SL" },     { CN_LINE_TAX_TEXT, "税额" },
	{ CN_LINE_TAX_TEXT, "SE" }, { CN_CLASS_CODE, "税收分类编码" },
	{ CN_LINE_FACTS, NULL },
};

static const struct dialect dialects[] = {
	{ { S_INIT("EInvoice"), { NULL, 0 }, { NULL, 0 } },
	  false,
	  "EInvoice",
	  einvoice_paths,
	  "EInvoiceData/IssuItemInformation",
	  "ItemDetail",
	  einvoice_line },
	{ { S_INIT("eInvoice"), { NULL, 0 }, { NULL, 0 } },
	  true,
	  "fp",
	  fp_paths,
	  "GoodsInfos/GoodsInfo",
	  NULL,
	  fp_line },
	{ { S_INIT("发票"), S_INIT("电子发票"), { NULL, 0 } }, false, "flat", flat_paths, "明细", NULL, flat_line },
};
#define FP "http://www.edrm.org.cn/schema/e-invoice/"

/* ---- collecting ---- */

static const struct dialect *dialect_of_root(struct span ns, struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
		for (size_t k = 0; k < ARRAY_LEN(dialects[i].root) && dialects[i].root[k].len; k++)
			if (span_eq(name, dialects[i].root[k]) &&
			    (ns.len == 0 || (dialects[i].fp && span_starts(ns, S(FP)))))
				return &dialects[i];
	return NULL;
}

bool fapiao_is_root(struct span ns, struct span name) { return dialect_of_root(ns, name) != NULL; }

struct collect {
	struct draft *draft;
	const struct dialect *dialect;
};

static bool ns_fits(const struct dialect *d, struct span ns) { return !ns.len || (d->fp && span_starts(ns, S(FP))); }

/* The next child of this name in a namespace that counts, after `after` (NULL: the first). */
static const struct xml_node *child(const struct collect *c, const struct xml_node *up, struct span name,
                                    const struct xml_node *after)
{
	const struct xml_node *n = after ? after->next : up->child;

	for (; n; n = n->next)
		if (span_eq(n->name, name) && ns_fits(c->dialect, n->ns))
			return n;
	return NULL;
}

/* The one node at the end of a path, or NULL; every step but the last of a list must be there once. */
static const struct xml_node *only(const struct collect *c, const struct xml_node *n, const char *path, bool list)
{
	struct span rest = span_z(path), step;
	bool more;

	do {
		more = span_cut(rest, '/', &step, &rest);
		const struct xml_node *up = n;
		n = child(c, up, more ? step : rest, NULL);
		if (n && (more || !list) && child(c, up, n->name, n))
			draft_tell(c->draft, RULE_TWICE, TOP(path), n->name);
	} while (n && more);
	return n;
}

static void take_value(struct collect *c, const struct xml_node *under, const char *path, struct at at,
                       struct cn_value *to)
{
	const struct xml_node *n = only(c, under, path, false);

	if (!n || (!n->child && !n->text.len))
		return;
	if (n->child || n->mixed) {
		draft_tell(c->draft, RULE_MIXED, at, n->name);
		return;
	}
	if (to->text.len && !span_eq(to->text, n->text))
		draft_tell(c->draft, RULE_TWICE, at, n->text);
	if (!to->text.len)
		*to = (struct cn_value){ n->text, path };
}

/* Elements whose name is known and whose namespace is not; xsi:type and xsi:nil; anywhere in the tree. */
static void look_at_tree(struct collect *c, const struct xml_node *root)
{
	static const struct span xsi = S_INIT("http://www.w3.org/2001/XMLSchema-instance");
	const struct xml_node *n = root;
	bool told = false;

	while (n) {
		if (!ns_fits(c->dialect, n->ns) && !told)
			draft_tell(c->draft, RULE_NAMESPACE, TOP(NULL), n->name);
		told |= !ns_fits(c->dialect, n->ns);
		for (unsigned i = 0; i < n->n_attrs; i++)
			if (span_eq(n->attrs[i].ns, xsi) &&
			    (span_is(n->attrs[i].name, "type") || span_is(n->attrs[i].name, "nil")))
				draft_tell(c->draft, RULE_XSI, TOP(NULL), n->name);
		if (n->child) {
			n = n->child;
			continue;
		}
		while (n && n != root && !n->next)
			n = n->up;
		n = !n || n == root ? NULL : n->next;
	}
}

struct cn_lines {
	struct cn_line *at;
	uint32_t n;
};

static bool add_line(struct collect *c, struct cn_lines *lines, const struct xml_node *n)
{
	struct cn_line *l = draft_item(c->draft, lines, sizeof *l, DOC_LINES_MAX);

	if (!l) {
		if (arena_ok(c->draft->mem))
			draft_tell(c->draft, RULE_RANGE, TOP(c->dialect->lines),
			           S("more lines than a document may have"));
		return false;
	}
	for (const struct cn_line_path *p = c->dialect->line; p->path; p++)
		take_value(c, n, p->path, AT(c->dialect->lines, lines->n, p->path), &l->value[p->fact]);
	return true;
}

static void take_lines(struct collect *c, const struct xml_node *root, struct cn_lines *lines)
{
	const struct xml_node *n = only(c, root, c->dialect->lines, true), *inner;

	for (; n; n = child(c, n->up, n->name, n)) {
		inner = c->dialect->nested ? child(c, n, span_z(c->dialect->nested), NULL) : NULL;
		if (!inner && !add_line(c, lines, n))
			return;
		for (; inner; inner = child(c, n, inner->name, inner))
			if (!add_line(c, lines, inner))
				return;
	}
}

bool fapiao_read(struct draft *d, const struct xml_node *root, struct cn_invoice *ret)
{
	struct collect c = { d, dialect_of_root(root->ns, root->name) };
	struct cn_invoice in = { .n = 0 };
	struct cn_lines lines = { NULL, 0 };

	assert(c.dialect);
	look_at_tree(&c, root);
	for (const struct cn_path *p = c.dialect->paths; p->path; p++)
		take_value(&c, root, p->path, TOP(p->path), &in.fact[p->fact]);
	if (!in.fact[CN_VERSION].text.len) {
		struct span v = xml_attribute(root, "Version");
		in.fact[CN_VERSION].text = v.len ? v : xml_attribute(root, "version");
	}
	if (!in.fact[CN_TAG].text.len)
		in.fact[CN_TAG].text = span_z(c.dialect->name);
	take_lines(&c, root, &lines);
	in.lines = lines.at;
	in.n = lines.n;
	in.line_path = c.dialect->lines;
	*ret = in;
	return arena_ok(d->mem);
}
