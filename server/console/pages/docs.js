// SPDX-License-Identifier: Apache-2.0
// docs.js: the API for people, drawn from /openapi.json of the very server that answers here: every path with what it takes
// and gives, and every statement a party can sign. Also at /docs.

import { plain } from '../lib/api.js';
import { html, useAsked, useState } from '../lib/view.js';
import { countText, t } from '../lib/words.js';
import { Asked, Badge, Card, Field, Page } from '../parts/bits.js';

const DEPTH = 4;
const METHODS = { get: 'calm', post: 'good', delete: 'bad' };
const nameOf = ref => ref.split('/').pop();

/* What a value is, in one line; what it is made of stands below it. */
function kindOf(s) {
	if (s.$ref) return nameOf(s.$ref);
	if (s.const !== undefined) return JSON.stringify(s.const);
	if (s.enum) return s.enum.map(v => JSON.stringify(v)).join(' | ');
	if (s.anyOf || s.oneOf) return (s.anyOf ?? s.oneOf).map(kindOf).join(' | ');
	if (s.type === 'array') return `[${s.items ? kindOf(s.items) : ''}]`;
	return [s.type, s.format].flat().filter(Boolean).join(', ');
}

const innerOf = (s, all) => {
	const one = s.$ref ? all[nameOf(s.$ref)] : s;
	const item = one?.type === 'array' && one.items ? one.items : one;
	return item?.$ref ? all[nameOf(item.$ref)] : item;
};
const partsOf = (s, all) => {
	const one = innerOf(s, all) ?? {};
	const whole = [one, ...(one.allOf ?? []).map(x => innerOf(x, all))];
	return { properties: Object.assign({}, ...whole.map(x => x?.properties)), required: whole.flatMap(x => x?.required ?? []) };
};

function Members({ of, all, depth = 0 }) {
	const { properties, required } = partsOf(of, all);
	const names = Object.keys(properties);
	if (!names.length || depth >= DEPTH) return null;
	return html`<ul class="members">${names.map(
		name => html`<li><code>${name}</code>${required.includes(name) ? null : html` <small class="optional">${t('field.optional')}</small>`} <small class="kind">${kindOf(properties[name])}</small>${properties[name].description ? html` <small lang="en">${properties[name].description}</small>` : null}
			${Object.keys(partsOf(properties[name], all).properties).length && !['Money', 'Quantity'].includes(kindOf(properties[name])) ? html`<${Members} of=${properties[name]} all=${all} depth=${depth + 1} />` : null}</li>`,
	)}</ul>`;
}

function Shapes({ content, all, title }) {
	const list = Object.entries(content ?? {});
	if (!list.length) return null;
	const schema = list.find(([type]) => /json|jose/.test(type))?.[1].schema ?? list[0][1].schema;
	return html`<div><h4>${title} ${list.map(([type]) => html`<code>${type}</code> `)}</h4>${schema ? html`<p class="small">${kindOf(schema)}</p><${Members} of=${schema} all=${all} />` : null}</div>`;
}

function Operation({ method, path, of, doc }) {
	const all = doc.components.schemas;
	const params = (of.parameters ?? []).map(p => (p.$ref ? doc.components.parameters[nameOf(p.$ref)] : p));
	const good = Object.entries(of.responses).filter(([code]) => code < '300');
	return html`<details class="operation"><summary><${Badge} tone=${METHODS[method]}>${method.toUpperCase()}<//> <code>${path}</code> <span lang="en">${of.summary}</span></summary>
		<p class="small">${t(of.security?.length ? (of.security.some(s => !Object.keys(s).length) ? 'docs.mayToken' : 'docs.token') : 'docs.anyone')}</p>
		${params.length ? html`<table class="plain"><caption class="hidden">${t('docs.params')}</caption><thead><tr><th scope="col">${t('docs.params')}</th><th scope="col">${t('col.kind')}</th><th scope="col">${t('docs.what')}</th></tr></thead>
			<tbody>${params.map(p => html`<tr><th scope="row"><code>${p.name}</code> <small>${p.in}</small></th><td>${kindOf(p.schema)}</td><td lang="en">${p.description}${p.required ? null : html` <small class="optional">${t('field.optional')}</small>`}</td></tr>`)}</tbody></table>` : null}
		<${Shapes} title=${t('docs.sends')} content=${of.requestBody?.content} all=${all} />
		${good.map(([code, r]) => html`<${Shapes} title=${t('docs.gives', { code })} content=${r.content} all=${all} />`)}
		<p class="small">${t('docs.problems')} ${Object.keys(of.responses).filter(code => code >= '400').join(', ')} ${'\u00b7'} <a href="/problems">/problems</a></p></details>`;
}

const groupOf = path => (path.startsWith('/v1/') ? path.split('/')[2] : path.startsWith('/log/') ? 'log' : 'server');

function Reference({ doc, find }) {
	const all = doc.components.schemas;
	const wanted = find.trim().toLowerCase();
	const has = (...words) => !wanted || words.some(w => w?.toLowerCase().includes(wanted));
	const operations = Object.entries(doc.paths)
		.flatMap(([path, methods]) => Object.entries(methods).map(([method, of]) => ({ path, method, of })))
		.filter(o => has(o.path, o.of.summary));
	const groups = Map.groupBy ? Map.groupBy(operations, o => groupOf(o.path)) : new Map([['', operations]]);
	const types = all.Statement.oneOf.map(r => nameOf(r.$ref)).filter(x => has(x, t(`st.${x}`)));
	return html`<div><p role="status" class="small">${t('docs.found', { paths: countText(operations.length), types: countText(types.length) })}</p>
		${[...groups].map(([group, list]) => html`<${Card} title=${group}>${list.map(o => html`<${Operation} key=${o.method + o.path} ...${o} doc=${doc} />`)}<//>`)}
		${types.length ? html`<${Card} title=${t('docs.statements')}><p>${t('docs.statementsLead')}</p>${types.map(x => html`<details class="operation" key=${x}><summary><code>${x}</code> ${t(`st.${x}`)}</summary><${Members} of=${all[x].properties.body} all=${all} /></details>`)}<//>` : null}</div>`;
}

export default function Docs() {
	const [find, set] = useState('');
	const doc = useAsked(() => plain('/openapi.json'), []);
	return html`<${Page} title=${t('docs.title')} lead=${t('docs.lead')}>
		<p>${t('docs.try')}</p><pre class="raw" tabindex="0">${`curl -s ${location.origin}/.well-known/counterfoil.json\ncurl -s ${location.origin}/log/checkpoint\ncurl -s -H "Authorization: Bearer $(counterfoil token --key bank.jwk)" -H "Counterfoil-Purpose: lending" \\\n  ${location.origin}/v1/receivables?limit=5`}</pre>
		<p><a href="/openapi.json">/openapi.json</a></p>
		<${Field} id="docs-find" label=${t('docs.find')}><input id="docs-find" type="search" value=${find} autocomplete="off" onInput=${e => set(e.target.value)} /><//>
		<${Asked} of=${doc}>${d => html`<${Reference} doc=${d} find=${find} />`}<//>
	<//>`;
}
