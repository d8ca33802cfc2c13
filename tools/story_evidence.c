/* SPDX-License-Identifier: Apache-2.0 */
/* story_evidence.c: papers that prove who wrote them. Data only. */
#include "story.h"

/* clang-format off */
const struct step story_evidence[] = {

CHAPTER("Who wrote this invoice?",
	"An invoice that adds up was written by somebody who can add. One that is signed says who. But whose signature counts?"),
STEP("Anybody can verify a file, without asking anybody: it is signed, and by whom; nobody is trusted yet.",
	"document verify $docs/castings-signed-1.xml", 0, "/level=L1|~AUTH-05", NULL, 9),
STEP("The operator publishes under whose certificate invoices count: a trust anchor, for one profile, one kind of documents, one country, one time. It is an entry like any other.",
	"anchor publish --key $state/operator.jwk --name 'Jiangyin Precision Steel Castings' --profile xmldsig-enveloped --purpose invoice --country CN --certificate $docs/castings-certificate.pem --valid-until +365d",
	0, "/status=201|/receipt/outcome=0", "trusted=/object", 3),
STEP("A bank may not do that.",
	"anchor publish --key $demo/bank_b.jwk --name 'our own' --profile xmldsig-enveloped --certificate $docs/castings-certificate.pem --valid-until +365d",
	1, "/problem/code=role-missing", NULL, 3),
STEP("Everybody can see whom the registry believes.", "anchor list", 0, "/items/0/in_force=true|/items/0/purpose=invoice", NULL, 3),
STEP("Now the same invoice reaches level 2: every fact of it was read from what the seller signed.",
	"document submit $docs/castings-signed-1.xml --key $demo/castings.jwk", 0, "/level=L2|/signature/anchored=true|/signature/bound=true", "signed_1=/id", 9),
STEP("And this one does not: a good signature of the castings maker, under an invoice in the bearings maker's name.",
	"document submit $docs/bearings-signed-by-castings.xml --key $demo/castings.jwk", 0, "/level=L1|~AUTH-09", NULL, 11),
STEP("A signature says who, not what happened. The buyer's order and the note of what arrived say that: beside them the invoice bills what was ordered and received, line by line.",
	"document verify --together $docs/order-1010.xml $docs/goods-received-1010.xml $docs/castings-signed-1.xml", 0,
	"/level=L1|/open/amount=673706.00|~XD-REF", NULL, 40),
PART_END
};
/* clang-format on */
