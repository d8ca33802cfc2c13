// SPDX-License-Identifier: Apache-2.0
// route.js: where the reader is, behind the #: so no id of anything reaches a server's log or another page by its address.

import { signal } from './signal.js';

/* /docs is a name to give to people: the same page, open at the description of the API. */
const START = location.pathname === '/docs' ? 'docs' : '';

function read() {
	const [path, query] = (location.hash === '' ? START : location.hash.replace(/^#\/?/, '')).split('?');
	return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query ?? '') };
}

export const route = signal(read());
addEventListener('hashchange', () => route.set(read()));

export const to = (path, query) => {
	const q = new URLSearchParams(Object.entries(query ?? {}).filter(([, v]) => v));
	return `#/${path}${q.size ? `?${q}` : ''}`;
};
export const go = (path, query) => {
	location.hash = to(path, query);
};

const NOUNS = {
	receivable: 'receivables',
	voucher: 'vouchers',
	bill: 'bills',
	pool: 'pools',
	inventory: 'inventories',
	prepayment: 'prepayments',
	'warehouse-receipt': 'warehouse-receipts',
	warehouse_receipt: 'warehouse-receipts',
	receipt: 'warehouse-receipts',
};
export const assetNoun = kind => NOUNS[kind];
export const assetPath = asset => to(`asset/${NOUNS[asset.kind] ?? 'any'}/${asset.id}`);

/** Puts bytes into a file of the reader's. */
export function download(name, text, type = 'application/json') {
	const url = URL.createObjectURL(new Blob([text], { type }));
	const a = document.createElement('a');
	a.href = url;
	a.download = name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}
