// SPDX-License-Identifier: Apache-2.0
// actions.js: what a party can do about an asset, by what it is to it and the state it is in. Data over branches: one
// row an action. The registry decides; this only keeps from the eye what would be refused anyway.

import { t } from '../lib/words.js';

const today = () => new Date().toISOString().slice(0, 10);
const live = ['registered', 'confirmed', 'disputed', 'overdue', 'defaulted'];

/* on: nouns; as: what I am to it; in: its states ('' any); form: what is filled in already; null: nothing to fill in. */
const ACTIONS = [
	{ type: 'receivable.confirm', on: 'receivables', as: 'debtor', in: ['registered'], main: true, form: a => ({ fixed: { face: a.face, due_date: a.due_date }, fill: { creditor: a.creditor, number: a.invoice?.number ?? t('claim.future') } }) },
	{ type: 'receivable.dispute', on: 'receivables', as: 'debtor', in: ['registered', 'confirmed'], form: () => ({}) },
	{ type: 'receivable.reject', on: 'receivables', as: 'debtor', in: ['registered'], form: () => ({}) },
	{ type: 'receivable.resolve', on: 'receivables', as: ['debtor', 'creditor'], in: ['disputed'], form: () => ({}) },
	{ type: 'receivable.pay', on: 'receivables', as: ['debtor', 'lender'], in: ['confirmed', 'overdue', 'defaulted'], form: a => ({ prefill: { amount: a.open, on: today() } }) },
	{ type: 'receivable.adjust', on: 'receivables', as: ['debtor', 'creditor'], in: live, form: () => ({}) },
	{ type: 'receivable.cancel', on: 'receivables', as: 'creditor', in: ['registered', 'confirmed', 'disputed'], form: () => ({}) },
	{ type: 'receivable.constitute', on: 'receivables', as: 'creditor', in: live, when: a => !a.existing, form: a => ({ prefill: { face: a.face, issue_date: a.issue_date, due_date: a.due_date } }) },
	{ type: 'encumbrance.grant', on: 'receivables vouchers bills warehouse-receipts inventories prepayments', as: ['creditor', 'holder', 'owner', 'buyer'], creates: true, main: true, in: '', form: a => ({ fixed: { asset: a.id }, prefill: { kind: ['receivables'].includes(a.noun) ? 'assignment' : 'pledge', amount: a.free, from: today() } }) },
	{ type: 'voucher.issue', on: 'receivables', as: 'debtor', creates: true, in: ['confirmed'], form: a => ({ fixed: { receivable: a.id, face: a.open }, prefill: { due_date: a.due_date, divisible: 'true' } }) },
	{ type: 'hold.place', on: 'receivables vouchers bills warehouse-receipts inventories', as: 'bank', creates: true, in: '', form: a => ({ fixed: { asset: a.id }, hide: ['claim'], prefill: { amount: a.free, purpose: 'lending' } }) },
	{ type: 'voucher.accept', on: 'vouchers', as: ['holder', 'offered', 'creditor'], in: ['issued', 'offered'], main: true, form: null },
	{ type: 'voucher.decline', on: 'vouchers', as: ['holder', 'offered', 'creditor'], in: ['issued', 'offered'], form: () => ({}) },
	{ type: 'voucher.split', on: 'vouchers', as: 'holder', in: ['held'], form: () => ({}) },
	{ type: 'voucher.transfer', on: 'vouchers', as: 'holder', in: ['held'], form: () => ({}) },
	{ type: 'voucher.redeem', on: 'vouchers', as: 'debtor', in: ['held', 'overdue'], form: a => ({ prefill: { amount: a.open, on: today() } }) },
	{ type: 'bill.accept', on: 'bills', as: ['acceptor', 'debtor'], in: ['issued'], main: true, form: null },
	{ type: 'bill.take', on: 'bills', as: ['holder', 'offered'], in: ['accepted', 'offered'], main: true, form: null },
	{ type: 'bill.split', on: 'bills', as: 'holder', in: ['held'], form: () => ({}) },
	{ type: 'bill.endorse', on: 'bills', as: 'holder', in: ['held'], form: () => ({}) },
	{ type: 'bill.discount', on: 'bills', as: 'holder', in: ['held'], form: () => ({}) },
	{ type: 'bill.present', on: 'bills', as: 'holder', in: ['held'], form: null },
	{ type: 'bill.pay', on: 'bills', as: ['acceptor', 'debtor'], in: ['presented'], form: a => ({ prefill: { amount: a.open, on: today() } }) },
	{ type: 'inventory.count', on: 'inventories', as: 'monitor', in: '', main: true, form: () => ({ prefill: { on: today() } }) },
	{ type: 'inventory.report', on: 'inventories', as: 'monitor', in: '', form: () => ({ prefill: { on: today() } }) },
	{ type: 'inventory.top_up', on: 'inventories', as: 'monitor', in: '', form: () => ({}) },
	{ type: 'inventory.release', on: 'inventories', as: ['monitor', 'lender'], in: '', form: () => ({}) },
	{ type: 'inventory.inspect', on: 'inventories', as: 'inspector', in: '', main: true, form: () => ({ prefill: { on: today() } }) },
	{ type: 'receipt.order', on: 'warehouse-receipts', as: 'holder', in: ['issued', 'part-released'], form: () => ({}) },
	{ type: 'receipt.transfer', on: 'warehouse-receipts', as: 'holder', in: ['issued', 'part-released'], form: () => ({}) },
	{ type: 'receipt.split', on: 'warehouse-receipts', as: 'holder', in: ['issued', 'part-released'], form: () => ({}) },
	{ type: 'receipt.release', on: 'warehouse-receipts', as: 'lender', in: ['issued', 'part-released'], form: () => ({}) },
	{ type: 'receipt.deliver', on: 'warehouse-receipts', as: 'warehouse', in: ['issued', 'part-released'], main: true, form: () => ({ prefill: { on: today() } }) },
	{ type: 'receipt.attorn', on: 'warehouse-receipts', as: 'warehouse', in: ['issued', 'part-released'], form: null },
	{ type: 'prepayment.confirm', on: 'prepayments', as: 'seller', in: ['opened'], when: a => !a.confirmed, main: true, form: a => ({ prefill: { amount: a.amount, ship_by: a.ship_by } }) },
	{ type: 'prepayment.advance', on: 'prepayments', as: 'bank', in: ['opened', 'advanced'], form: a => ({ prefill: { amount: a.amount, on: today() } }) },
	{ type: 'prepayment.ship', on: 'prepayments', as: 'seller', in: ['advanced', 'shipped'], form: () => ({ prefill: { on: today() } }) },
	{ type: 'prepayment.receive', on: 'prepayments', as: 'monitor', in: ['shipped', 'advanced'], form: () => ({ prefill: { on: today() } }) },
	{ type: 'prepayment.release', on: 'prepayments', as: ['bank'], in: ['received', 'shipped', 'advanced'], form: () => ({ prefill: { on: today() } }) },
	{ type: 'price.post', on: 'prices', as: 'source', in: ['live'], main: true, form: a => ({ prefill: { price: { amount: '', currency: a.currency }, made: new Date().toISOString().slice(0, 16) } }) },
	{ type: 'site.count', on: 'sites', as: ['inspector', 'warehouse'], in: '', main: true, form: () => ({ prefill: { on: today() } }) },
	{ type: 'site.amend', on: 'sites', as: 'warehouse', in: '', form: () => ({}) },
	{ type: 'encumbrance.accept', on: 'encumbrances', as: 'secured_party', in: ['granted', 'offered', 'pending', 'promised'], main: true, form: null },
	{ type: 'encumbrance.release', on: 'encumbrances', as: 'secured_party', in: ['live', 'enforced'], form: () => ({}) },
	{ type: 'encumbrance.extend', on: 'encumbrances', as: 'secured_party', in: ['live'], form: () => ({}) },
	{ type: 'encumbrance.subordinate', on: 'encumbrances', as: 'secured_party', in: ['live'], form: () => ({}) },
	{ type: 'encumbrance.notify', on: 'encumbrances', as: 'secured_party', in: ['live'], when: a => !a.notified, form: () => ({ prefill: { on: today() } }) },
	{ type: 'encumbrance.demand', on: 'encumbrances', as: 'grantor', in: ['live'], form: () => ({ prefill: { ended: today() } }) },
	{ type: 'objection.answer', on: 'objections', as: 'respondent', in: ['open'], main: true, form: () => ({}) },
	{ type: 'objection.withdraw', on: 'objections', as: 'challenger', in: ['open', 'answered'], form: () => ({}) },
	{ type: 'objection.place', on: 'receivables vouchers bills warehouse-receipts inventories', as: ['creditor', 'debtor', 'holder', 'lender'], creates: true, in: '', form: a => ({ fixed: { asset: a.id } }) },
	{ type: 'freeze.place', on: 'receivables vouchers bills warehouse-receipts inventories prepayments pools', as: ['regulator', 'court'], creates: true, in: '', form: a => ({ fixed: { asset: a.id }, hide: ['party'] }) },
];

/* What I am to it: the members of the asset that name me, my roles, and lender when an encumbrance is mine. */
function relations(asset, me) {
	const ret = new Set(me.roles);
	for (const [k, v] of Object.entries(asset)) if (v === me.party) ret.add(k);
	if (asset.inspectors?.includes(me.party)) ret.add('inspector');
	if (asset.offer?.to === me.party) ret.add('offered');
	if (asset.encumbrances?.some(e => e.secured_party === me.party)) ret.add('lender');
	if (asset.warehouse === me.party || asset.operator === me.party) ret.add('warehouse');
	else ret.delete('warehouse');
	return ret;
}

export function actionsOn(asset, me) {
	const mine = relations(asset, me);
	return ACTIONS.filter(
		a => a.on.split(' ').includes(asset.noun) && [a.as].flat().some(x => mine.has(x)) && (a.in === '' || a.in.includes(asset.state)) && (!a.when || a.when(asset)),
	).map(a => {
		const at = { type: a.type, main: a.main, object: a.creates ? undefined : asset.id, prev: a.creates ? null : asset.etag };
		if (!a.form) return { ...at, draft: () => ({ ...at, body: {} }) };
		return { ...at, form: true, prefill: {}, fixed: {}, ...a.form(asset) };
	});
}
