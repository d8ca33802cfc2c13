// SPDX-License-Identifier: Apache-2.0
// shape.js: the shapes of all statements, from /openapi.json: what fields a type has, and whether what was typed fits.

import { plain } from './api.js';
import { isUuid, uuid7 } from './bytes.js';

let asked = null;
/** { type: { body, creates } } of everything a party can sign, in the registry's order. */
export function shapes() {
	asked ??= (async () => {
		const { components } = await plain('/openapi.json');
		const all = components.schemas;
		const ret = {};
		for (const ref of all.Statement.oneOf) {
			const type = ref.$ref.split('/').pop();
			const { body, prev } = all[type].properties;
			ret[type] = { body: open(body, all), prev: prev?.type === 'null' ? 'none' : prev?.anyOf ? 'maybe' : 'must' };
		}
		return ret;
	})();
	asked.catch(() => (asked = null));
	return asked;
}

/* References replaced by what they name, whose name is kept: it says which field to draw. */
function open(schema, all, depth = 0) {
	if (schema.$ref) {
		const name = schema.$ref.split('/').pop();
		return { ...open(all[name], all, depth), ...schema, $ref: undefined, kind: name };
	}
	const ret = { ...schema };
	if (schema.properties && depth < 6) {
		ret.properties = {};
		for (const [k, v] of Object.entries(schema.properties)) ret.properties[k] = open(v, all, depth + 1);
	}
	if (schema.items) ret.items = open(schema.items, all, depth + 1);
	return ret;
}

const DIGITS = { CLP: 0, ISK: 0, JPY: 0, KRW: 0, VND: 0, XAF: 0, XOF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, OMR: 3, TND: 3 };

/** "1,250" and CNY become { amount: "1250.00" }; null when it is no amount. */
export function readMoney(text, currency) {
	const ccy = (currency || 'CNY').trim().toUpperCase();
	const digits = DIGITS[ccy] ?? 2;
	const [, whole, rest = ''] = /^(\d{1,16})(?:\.(\d*))?$/.exec((text ?? '').replace(/[,\s\uff0c]/g, '')) ?? [];
	if (whole === undefined || rest.length > digits || !/^[A-Z]{3}$/.test(ccy)) return null;
	const amount = whole.replace(/^0+(?=\d)/, '') + (digits ? `.${rest.padEnd(digits, '0')}` : '');
	return { amount, currency: ccy };
}

export const empty = v =>
	v === undefined || v === null || v === '' || (typeof v === 'object' && (Array.isArray(v) ? v.length === 0 : Object.values(v).every(empty)));

/**
 * What was typed into what is signed. Faults go to faults[path] as keys of words; the caller signs nothing while there
 * is one.
 */
export function fit(schema, typed, path, faults, need) {
	const wrong = key => {
		faults[path] = key;
		return undefined;
	};
	if (empty(typed) && schema.kind !== 'Cut') {
		if (need && schema.type === 'array' && !schema.minItems) return [];
		if (need) return wrong('fault.need');
		return undefined;
	}
	switch (schema.kind) {
		case 'Money':
			return readMoney(typed.amount, typed.currency) ?? wrong('fault.money');
		case 'Quantity':
			if (!/^\d{1,12}(\.\d{1,6})?$/.test((typed.quantity ?? '').trim())) return wrong('fault.quantity');
			return { quantity: typed.quantity.trim().replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''), unit: (typed.unit || 'TNE').trim() };
		case 'Uuid':
			return isUuid(typed.trim()) ? typed.trim().toLowerCase() : wrong('fault.uuid');
		case 'Hash':
			return /^([A-Za-z0-9_-]{43}|[0-9a-f]{64})$/.test(typed.trim()) ? typed.trim() : wrong('fault.hash');
		case 'Date':
			return /^\d{4}-\d\d-\d\d$/.test(typed) ? typed : wrong('fault.date');
		case 'Moment': {
			const at = new Date(typed);
			return Number.isNaN(at.getTime()) ? wrong('fault.date') : `${at.toISOString().slice(0, 19)}Z`;
		}
		case 'Integer':
			return /^-?\d{1,15}$/.test(String(typed).trim()) ? Number(typed) : wrong('fault.integer');
		case 'Fraction':
			return /^(0\.\d{1,6}|1(\.0{1,6})?)$/.test(typed.trim()) ? typed.trim() : wrong('fault.fraction');
		case 'Values':
			return /^[a-z]+$/.test(typed.unit ?? '') && /^-?\d{1,15}$/.test(typed.value ?? '') ? { [typed.unit]: Number(typed.value) } : wrong('fault.values');
		case 'Jwk':
			try {
				const { kty, crv, x, y } = typeof typed === 'string' ? JSON.parse(typed) : typed;
				if (!kty || !crv || !x) return wrong('fault.jwk');
				return y ? { kty, crv, x, y } : { kty, crv, x };
			} catch {
				return wrong('fault.jwk');
			}
		default:
	}
	if (schema.type === 'boolean') return typed === true || typed === 'true';
	if (schema.type === 'array') {
		const list = typed.map((v, i) => fit(schema.items, v, `${path}/${i}`, faults, true));
		return list;
	}
	if (schema.type === 'object') {
		const ret = {};
		for (const [k, s] of Object.entries(schema.properties ?? {})) {
			const v = schema.kind === 'Cut' && k === 'id' ? uuid7() : fit(s, typed?.[k], `${path}/${k}`, faults, (schema.required ?? []).includes(k));
			if (v !== undefined) ret[k] = v;
		}
		return ret;
	}
	return String(typed).trim();
}
