// SPDX-License-Identifier: Apache-2.0
// entry.js: what stands in an entry of the log.

import { fromB64url, textOf } from './bytes.js';

/** The payload of a compact JWS, or null when it is not there (content one may not see) or not readable. */
export function payloadOf(compact) {
	try {
		return JSON.parse(textOf(fromB64url(compact.split('.')[1])));
	} catch {
		return null;
	}
}
