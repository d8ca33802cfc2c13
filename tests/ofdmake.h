/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofdmake.h: the invoice of fapiao-fp.xml as an OFD package: attachment, tags and page say the same. A test changes a
 * part and packs it again.
 */
#ifndef CF_OFDMAKE_H
#define CF_OFDMAKE_H
#include "documentfix.h"
#include "zipmake.h"

#define OFD "xmlns:ofd=\"http://www.ofdspec.org/2016\""
static const char cover[] = "<ofd:OFD " OFD "><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>"
			    "<ofd:CustomData Name=\"发票号码\">26322000000123456789</ofd:CustomData>"
			    "<ofd:CustomData Name=\"价税合计\">2292.75</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>"
			    "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>";
static const char root[] =
	"<ofd:Document " OFD "><ofd:CommonData><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
	"</ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages>"
	"<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
	"<ofd:CustomTags>/Doc_0/Tags/CustomTags.xml</ofd:CustomTags></ofd:Document>";
static const char attachments[] = "<ofd:Attachments " OFD "><ofd:Attachment Name=\"original_invoice\" Format=\"xml\">"
				  "<ofd:FileLoc>original_invoice.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>";
static const char tags[] =
	"<ofd:CustomTags " OFD "><ofd:CustomTag TypeID=\"e-invoice\"><ofd:FileLoc>Tag.xml</ofd:FileLoc>"
	"</ofd:CustomTag></ofd:CustomTags>";
#define TAG(name, id) "<fp:" name "><ofd:ObjectRef PageRef=\"1\">" id "</ofd:ObjectRef></fp:" name ">"
#define DATA(name, text) "<fp:" name "><ofd:ObjectData>" text "</ofd:ObjectData></fp:" name ">"
static const char tag[] =
	"<fp:e-invoice " OFD
	" xmlns:fp=\"http://www.edrm.org.cn/schema/e-invoice/2019\"><fp:eInvoice Version=\"1.0\">" TAG(
		"InvoiceNo",
		"10") TAG("IssueDate",
                          "11") DATA("TaxBureauCode",
                                     "13200000000") DATA("TaxBureauName",
                                                         "国家税务总局测试省税务局") "<fp:Buyer>" TAG("BuyerName", "12")
		TAG("BuyerTaxID",
                    "13") "</fp:Buyer>"
			  "<fp:Seller>" TAG("SellerName", "14") TAG("SellerTaxID", "15") TAG(
				  "SellerFinancialAccount",
				  "16") "</fp:Seller>" TAG("TaxInclusiveTotalAmount",
                                                           "17") TAG("TaxInclusiveTotalAmountWithWords",
                                                                     "18") TAG("TaxExclusiveTotalAmount",
                                                                               "19") TAG("TaxTotalAmount", "20")
				  TAG("Note",
                                      "21") "<fp:GoodsInfos>"
					    "<fp:GoodsInfo>" TAG("Item", "30") TAG("Specification", "31") TAG(
						    "MeasurementDimension",
						    "32") TAG("Price", "33") TAG("Quantity",
                                                                                 "34") TAG("Amount",
                                                                                           "35") TAG("TaxScheme", "36")
						    TAG("TaxAmount", "37") DATA(
							    "Code",
							    "1080207010000000000") "</fp:GoodsInfo><fp:GoodsInfo>" TAG("Item",
                                                                                                                       "40")
							    TAG("Specification",
                                                                "0") TAG("MeasurementDimension",
                                                                         "42") TAG("Price",
                                                                                   "43") TAG("Quantity",
                                                                                             "44") TAG("Amount", "45")
								    TAG("TaxScheme", "46") TAG("TaxAmount", "47") DATA(
									    "Code",
									    "1090409990000000000") "</fp:GoodsInfo></fp:GoodsInfos></fp:eInvoice></fp:e-invoice>";
#define TEXT(id, text) "<ofd:TextObject ID=\"" id "\"><ofd:TextCode X=\"0\">" text "</ofd:TextCode></ofd:TextObject>"
static const char page[] = "<ofd:Page " OFD "><ofd:Content><ofd:Layer ID=\"2\">" TEXT("10", "26322000000123456789")
	TEXT("11", "2026年09月14日") TEXT("12", "测试重工有限公司") TEXT("13", "91310000MA1TE5T20E") TEXT(
		"14", "测试铸造有限公司") TEXT("15", "91320000MA1TE5T10H") TEXT("16", "测试银行 625555888900998711")
		TEXT("17", "¥2292.75") TEXT("18", "贰仟贰佰玖拾贰圆柒角伍分") TEXT("19", "¥ 2032.43")
			TEXT("20", "¥260.32") TEXT("21", "订单PO-77") "<ofd:PageBlock>" TEXT(
				"30", "*黑色金属冶炼压延品*</ofd:TextCode><ofd:TextCode>铸件") TEXT("31", "T-1")
				TEXT("32", "件") TEXT("33", "12.5") TEXT("34", "160") TEXT("35", "2000.00") TEXT("36",
                                                                                                                 "13%")
					TEXT("37", "260.00") "</ofd:PageBlock>" TEXT("40", "*电线电缆*连接线")
						TEXT("42", "根") TEXT("43", "32.4257425742574") TEXT("44", "1")
							TEXT("45", "32.43") TEXT("46", "1%")
								TEXT("47",
                                                                     "0.32") "</ofd:Layer></ofd:Content></ofd:Page>";

enum { COVER, ROOT, PAGE, ATTACHMENTS, ORIGINAL, TAGS, TAG_FILE, RES, PARTS };
static struct archive package;
static struct made parts[PARTS + 2];
static char original[1 << 16];

static inline void fresh_parts(void)
{
	static const struct {
		const char *name, *text;
	} part[PARTS] = {
		[COVER] = { "OFD.xml", cover },
		[ROOT] = { "Doc_0/Document.xml", root },
		[PAGE] = { "Doc_0/Pages/Page_0/Content.xml", page },
		[ATTACHMENTS] = { "Doc_0/Attachs/Attachments.xml", attachments },
		[ORIGINAL] = { "Doc_0/Attachs/original_invoice.xml", original },
		[TAGS] = { "Doc_0/Tags/CustomTags.xml", tags },
		[TAG_FILE] = { "Doc_0/Tags/Tag.xml", tag },
		[RES] = { "Doc_0/PublicRes.xml", "<ofd:Res " OFD "/>" },
	};
	struct span s = our_file("fapiao-fp.xml");

	memcpy(original, s.at, s.len);
	original[s.len] = 0;
	for (size_t i = 0; i < PARTS; i++)
		parts[i] = (struct made){ .name = part[i].name, .body = span_z(part[i].text), .deflate = i % 2 == 0 };
}

static inline struct span packed(size_t n) { return zip_make(&package, parts, n); }
#endif
