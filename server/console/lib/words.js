// SPDX-License-Identifier: Apache-2.0
// words.js: everything the page says, in the reader's language, and how amounts and times are written.
//
// Words come from lang/<language>.json; code holds keys only, and a test sees that no key is missing in any language.
// Amounts stay decimal strings from the API to the eye: they are grouped as text and never pass through a float.

import { signal } from './signal.js';

export const LANGUAGES = { en: 'English', 'zh-CN': '中文' };
export const language = signal('en');

let words = {};

export async function setLanguage(tag) {
	const answer = await fetch(new URL(`../lang/${tag}.json`, import.meta.url));
	words = await answer.json();
	localStorage.setItem('counterfoil.language', tag);
	document.documentElement.lang = tag;
	document.title = words['app.title'];
	language.set(tag);
}

export const firstLanguage = () =>
	localStorage.getItem('counterfoil.language') ?? (navigator.languages?.some(l => l.startsWith('zh')) ? 'zh-CN' : 'en');

export const known = key => Object.hasOwn(words, key);

/** The words of a key; {name} is filled from `fill`. */
export function t(key, fill) {
	const text = words[key] ?? key;
	return fill ? text.replace(/\{(\w+)\}/g, (all, name) => (name in fill ? String(fill[name]) : all)) : text;
}

/** The same as a list for a template, so that what is filled in may be elements. */
export function tx(key, fill) {
	return (words[key] ?? key).split(/(\{\w+\})/).map(part => {
		const name = /^\{(\w+)\}$/.exec(part)?.[1];
		return name && name in fill ? fill[name] : part;
	});
}

/** A word the API uses (a state, a type, a code), or itself when it has no words here. */
export const word = (list, value) => (known(`${list}.${value}`) ? words[`${list}.${value}`] : String(value ?? ''));

export function grouped(amount) {
	const [, sign, whole, rest] = /^(-?)(\d+)(\.\d+)?$/.exec(amount ?? '') ?? [];
	return whole === undefined ? String(amount ?? '') : `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest ?? ''}`;
}
export const moneyText = m => (m ? `${grouped(m.amount)} ${m.currency}` : '');

const formats = new Map();
const format = (name, options) => {
	const id = `${language.value}/${name}`;
	if (!formats.has(id)) formats.set(id, new Intl.DateTimeFormat(language.value, options));
	return formats.get(id);
};
export const dateText = day => (day ? format('day', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day.slice(0, 10)}T00:00:00Z`)) : '');
export const momentText = at => (at ? format('moment', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at)) : '');
export const monthText = month => format('month', { year: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`));
export const countText = n => new Intl.NumberFormat(language.value).format(n);
export const percentText = f => new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 1 }).format(f);

/** Whole days from today (UTC) to a day: negative when it has passed. */
export const daysUntil = day => Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`)) / 864e5);

/** Minor units as a BigInt, to add up and compare; two decimals unless the amount says otherwise. */
export const minor = m => BigInt((m?.amount ?? '0').replace('.', ''));
export function fromMinor(n, like) {
	const digits = (like?.amount ?? '0.00').split('.')[1]?.length ?? 0;
	const text = n.toString().padStart(digits + 1, '0');
	return { amount: digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text, currency: like?.currency ?? 'CNY' };
}
