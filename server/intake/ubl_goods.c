/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ubl_goods.c: UBL documents about goods: despatch, receipt, stock, weight, carriage.
 *
 * Who sends goods need not be who sells them: a despatch names both, and where
 * it names only one he is both. A weight statement has no lines of its own:
 * each weighed piece of equipment is one, its quantity the gross mass.
 */
#include "intake/ubl_parts.h"

/* clang-format off */
static const struct slot line_package[] = {
	WITH("ID", TEXT, MANY, L(sscc), NULL),
	END
};
static const struct slot line_shipment[] = { INTO("TransportHandlingUnit", MANY, line_package), END };

static const struct slot despatch_line[] = {
	LEAF("ID", TEXT, 0, L(no)),
	LEAF("LineStatusCode", TEXT, 0, L(status)),
	WITH("DeliveredQuantity", NUMBER, 0, L(delivered), ubl_unit),
	WITH("BackorderQuantity", NUMBER, 0, L(backorder), ubl_unit),
	LEAF("BackorderReason", TEXT, MANY, L(reason)),
	WITH("OutstandingQuantity", NUMBER, 0, L(outstanding), ubl_unit),
	LEAF("OutstandingReason", TEXT, MANY, L(reason)),
	WITH("OversupplyQuantity", NUMBER, 0, L(oversupply), ubl_unit),
	REF("OrderLineReference", 0, L(references), ubl_order_line, REF_ORDER),
	REF("DocumentReference", 0, L(references), ubl_reference, REF_DOCUMENT),
	INTO("Item", 0, ubl_item),
	INTO("Shipment", MANY, line_shipment),
	END
};
static const struct slot receipt_line[] = {
	LEAF("ID", TEXT, 0, L(no)),
	WITH("ReceivedQuantity", NUMBER, 0, L(received), ubl_unit),
	WITH("ShortQuantity", NUMBER, 0, L(shortage), ubl_unit),
	WITH("RejectedQuantity", NUMBER, 0, L(rejected), ubl_unit),
	LEAF("RejectReasonCode", TEXT, 0, L(status)),
	LEAF("RejectReason", TEXT, MANY, L(reason)),
	WITH("OversupplyQuantity", NUMBER, 0, L(oversupply), ubl_unit),
	REF("OrderLineReference", 0, L(references), ubl_order_line, REF_ORDER),
	REF("DespatchLineReference", 0, L(references), ubl_order_line, REF_DESPATCH),
	REF("DocumentReference", 0, L(references), ubl_reference, REF_DOCUMENT),
	INTO("Item", MANY, ubl_item),
	INTO("Shipment", MANY, line_shipment),
	END
};

static const struct slot_attr weight_unit[] = { { "unitCode", D(weight_unit), SIZE_MAX }, NO_ATTR };
static const struct slot stage[] = { PARTY("CarrierParty", D(carrier), ubl_party), END };
static const struct slot consignment[] = { PARTY("CarrierParty", D(carrier), ubl_party), END };
static const struct slot shipment[] = {
	WITH("GrossWeightMeasure", NUMBER, 0, D(gross_weight), weight_unit),
	INTO("ShipmentStage", MANY, stage),
	INTO("Consignment", MANY, consignment),
	INTO("Delivery", 0, ubl_delivery),
	LIST("TransportHandlingUnit", 0, D(packages), ubl_package, struct doc_package, DOC_PACKAGES_MAX, NULL),
	END
};

#define HEAD                                                                               \
	LEAF("CustomizationID", TEXT, 0, D(profile)),                                      \
	LEAF("ID", TEXT, 0, D(number)),                                                    \
	LEAF("UUID", TEXT, 0, D(uuid)),                                                    \
	LEAF("IssueDate", DAY, 0, D(issue_date)),                                          \
	NOTE("Note", 0, D(notes)),                                                         \
	REF("AdditionalDocumentReference", 0, D(references), ubl_reference, REF_DOCUMENT)
#define MOVEMENT                                                                           \
	REF("OrderReference", 0, D(references), ubl_reference, REF_ORDER),                 \
	PARTY("DespatchSupplierParty", D(sender), ubl_trading_party),                      \
	PARTY("DeliveryCustomerParty", D(receiver), ubl_trading_party),                    \
	PARTY("SellerSupplierParty", D(seller), ubl_trading_party),                        \
	PARTY("BuyerCustomerParty", D(buyer), ubl_trading_party),                          \
	INTO("Shipment", 0, shipment)

static const struct slot despatch[] = {
	HEAD,
	MOVEMENT,
	LEAF("DespatchAdviceTypeCode", TEXT, 0, D(type_code)),
	LIST("DespatchLine", 0, D(lines), despatch_line, struct doc_line, DOC_LINES_MAX, blank_line),
	END
};
static const struct slot receipt[] = {
	HEAD,
	MOVEMENT,
	LEAF("ReceiptAdviceTypeCode", TEXT, 0, D(type_code)),
	REF("DespatchDocumentReference", 0, D(references), ubl_reference, REF_DESPATCH),
	LIST("ReceiptLine", 0, D(lines), receipt_line, struct doc_line, DOC_LINES_MAX, blank_line),
	END
};

/* ---- stock ---- */
static const struct slot line_place[] = { LEAF("ID", TEXT, 0, L(location)), LEAF("Name", TEXT, 0, L(location)), END };
static const struct slot stock_line[] = {
	LEAF("ID", TEXT, 0, L(no)),
	WITH("Quantity", NUMBER, 0, L(quantity), ubl_unit),
	LEAF("InventoryValueAmount", MONEY, 0, L(value)),
	LEAF("AvailabilityStatusCode", TEXT, 0, L(status)),
	INTO("Item", 0, ubl_item),
	INTO("InventoryLocation", 0, line_place),
	END
};
static const struct slot stock_period[] = {
	LEAF("StartDate", DAY, 0, D(period_start)), LEAF("EndDate", DAY, 0, D(period_end)), END };
static const struct slot inventory[] = {
	HEAD,
	LEAF("DocumentCurrencyCode", TEXT, 0, D(currency)),
	MARKING("InventoryPeriod", 0, stock_period, D(period)),
	REF("DocumentReference", 0, D(references), ubl_reference, REF_DOCUMENT),
	PARTY("RetailerCustomerParty", D(buyer), ubl_trading_party),
	PARTY("InventoryReportingParty", D(sender), ubl_party),
	PARTY("SellerSupplierParty", D(seller), ubl_trading_party),
	LIST("InventoryReportLine", 0, D(lines), stock_line, struct doc_line, DOC_LINES_MAX, blank_line),
	END
};

/* ---- weight ---- */
static const struct slot gross_mass[] = {
	LEAF("WeighingDate", DAY, 0, L(period_end)),
	LEAF("WeighingMethodCode", TEXT, 0, L(status)),
	WITH("GrossMassMeasure", NUMBER, 0, L(quantity), ubl_unit),
	END
};
static const struct slot equipment[] = {
	LEAF("ID", TEXT, 0, L(no)),
	INTO("VerifiedGrossMass", 0, gross_mass),
	END
};
static const struct slot weighed_unit[] = {
	LIST("TransportEquipment", 0, D(lines), equipment, struct doc_line, DOC_LINES_MAX, blank_line),
	END
};
static const struct slot weighed_consignment[] = { INTO("TransportHandlingUnit", MANY, weighed_unit), END };
static const struct slot weighed_shipment[] = {
	WITH("GrossWeightMeasure", NUMBER, 0, D(gross_weight), weight_unit),
	INTO("Consignment", MANY, weighed_consignment),
	INTO("TransportHandlingUnit", MANY, weighed_unit),
	END
};
static const struct slot weight[] = {
	HEAD,
	LEAF("WeightStatementTypeCode", TEXT, 0, D(type_code)),
	REF("DocumentReference", 0, D(references), ubl_reference, REF_DOCUMENT),
	PARTY("SenderParty", D(sender), ubl_party),
	PARTY("ReceiverParty", D(receiver), ubl_party),
	PARTY("WeighingParty", D(weigher), ubl_party),
	PARTY("ShipperParty", D(seller), ubl_party),
	INTO("Shipment", 0, weighed_shipment),
	END
};

/* ---- carriage: what the carrier took over, gross; from whom and for whom ---- */
static const struct slot goods_item[] = {
	LEAF("ID", TEXT, 0, L(no)),
	WITH("GrossWeightMeasure", NUMBER, 0, L(quantity), ubl_unit),
	INTO("Item", MANY, ubl_item),
	END
};
static const struct slot carried_consignment[] = { PARTY("ConsigneeParty", D(buyer), ubl_party), END };
static const struct slot carried_shipment[] = {
	WITH("GrossWeightMeasure", NUMBER, 0, D(gross_weight), weight_unit),
	INTO("Consignment", MANY, carried_consignment),
	INTO("Delivery", 0, ubl_delivery),
	LIST("GoodsItem", 0, D(lines), goods_item, struct doc_line, DOC_LINES_MAX, blank_line),
	LIST("TransportHandlingUnit", 0, D(packages), ubl_package, struct doc_package, DOC_PACKAGES_MAX, NULL),
	END
};
static const struct slot waybill[] = {
	HEAD,
	REF("DocumentReference", 0, D(references), ubl_reference, REF_DOCUMENT),
	PARTY("ConsignorParty", D(seller), ubl_party),
	PARTY("CarrierParty", D(carrier), ubl_party),
	INTO("Shipment", 0, carried_shipment),
	END
};
/* clang-format on */

static void finish_movement(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;

	if (!d->seller.present)
		d->seller = d->sender;
	if (!d->buyer.present)
		d->buyer = d->receiver;
	ubl_finish(draft, f);
}

static const struct fill_map despatch_map = UBL_MAP(despatch, finish_movement),
			     receipt_map = UBL_MAP(receipt, finish_movement),
			     inventory_map = UBL_MAP(inventory, ubl_finish), weight_map = UBL_MAP(weight, ubl_finish),
			     waybill_map = UBL_MAP(waybill, ubl_finish);
UBL_FORMAT(format_despatch, despatch_map);
UBL_FORMAT(format_receipt, receipt_map);
UBL_FORMAT(format_inventory, inventory_map);
UBL_FORMAT(format_weight, weight_map);
UBL_FORMAT(format_waybill, waybill_map);
