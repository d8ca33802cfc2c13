// SPDX-License-Identifier: Apache-2.0
// findings.js: what the registry has noticed by itself: patterns no single statement shows.

import { getIfAny } from '../lib/api.js';
import { html, useAsked } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Asked, Empty, Page } from '../parts/bits.js';
import { findingColumns } from '../parts/findings.js';
import { Table } from '../parts/table.js';

export default function Findings() {
	const any = useAsked(() => getIfAny('/v1/findings', { limit: 1 }), []);
	return html`<${Page} title=${t('findings.title')} lead=${t('findings.lead')}>
		<${Asked} of=${any} empty=${html`<${Empty} title=${t('findings.notHere')}>${t('findings.notHereMore')}<//>`}>${() => html`<${Table} name="findings" path="/v1/findings" caption=${t('findings.caption')} columns=${findingColumns()} empty=${html`<${Empty} title=${t('findings.none')} />`} />`}<//>
	<//>`;
}
