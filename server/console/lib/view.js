// SPDX-License-Identifier: Apache-2.0
// view.js: Preact and htm as the pages use them. Templates put text where text stands: nothing is ever parsed as markup.

import { Fragment, h, render } from '../vendor/preact.js';
import { useCallback, useEffect, useMemo, useRef, useState } from '../vendor/preact-hooks.js';
import htm from '../vendor/htm.js';

export const html = htm.bind(h);
export { Fragment, render, useCallback, useEffect, useMemo, useRef, useState };

export function useSignal(s) {
	const [value, set] = useState(s.value);
	useEffect(() => {
		set(s.value);
		return s.watch(v => set(() => v));
	}, [s]);
	return value;
}

/** What an asynchronous function brings: { data, error, busy, again }. Asked anew when `deps` change. */
export function useAsked(ask, deps) {
	const [state, set] = useState({ busy: true });
	const [turn, setTurn] = useState(0);
	useEffect(() => {
		let stale = false;
		set(old => ({ ...old, busy: true }));
		Promise.resolve()
			.then(ask)
			.then(
				data => stale || set({ data, busy: false }),
				error => stale || set({ error, busy: false }),
			);
		return () => {
			stale = true;
		};
	}, [...deps, turn]);
	return { ...state, again: () => setTurn(n => n + 1) };
}
