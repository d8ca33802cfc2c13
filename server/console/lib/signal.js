// SPDX-License-Identifier: Apache-2.0
// signal.js: a value others watch. signal(x): .value, .set(y), .watch(fn) which returns how to stop.

export function signal(value) {
	const watchers = new Set();
	return {
		get value() {
			return value;
		},
		set(next) {
			if (Object.is(next, value)) return;
			value = next;
			for (const w of [...watchers]) w(value);
		},
		watch(fn) {
			watchers.add(fn);
			return () => watchers.delete(fn);
		},
	};
}
