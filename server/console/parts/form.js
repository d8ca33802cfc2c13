// SPDX-License-Identifier: Apache-2.0
// form.js: a form for any statement, drawn from its shape. What a page knows already is filled in and may be fixed.

import { partiesMet, postDocument } from '../lib/api.js';
import { fit, shapes } from '../lib/shape.js';
import { html, useAsked, useEffect, useState } from '../lib/view.js';
import { known, language, t, word } from '../lib/words.js';
import { Asked, Busy, Drop, Field, Text, Trouble } from './bits.js';
import { PARTY_FIELDS } from './sign.js';

const LONG = new Set(['reason', 'ground', 'how', 'marks', 'fee']);
const DOCUMENTS = new Set(['document', 'documents', 'licence', 'policy', 'tape', 'sha256']);
const CODES = ['C01', 'C02', 'C03', 'C04', 'C05', 'C06'];
const CLOSED = { code: ['dispute', CODES], goods: ['goods', ['metal', 'agricultural', 'energy', 'packaged', 'exchange', 'other']], form: ['form', ['abs', 'abn', 'note']], size: ['size', ['large', 'medium', 'small', 'micro']], verdict: ['verdictword', ['cleared', 'confirmed']] };

const domId = path => `f${path.replaceAll('/', '-')}`;
const help = (name, schema) => (known(`h.${name}`) ? t(`h.${name}`) : language.value === 'en' ? schema.description : null);

/** Parties by name, for whoever has been met here, or by id. */
export function PartyInput({ id, value, onInput, describedby }) {
	const { data } = useAsked(partiesMet, []);
	return html`<input id=${id} list=${`${id}-met`} value=${value ?? ''} autocomplete="off" spellcheck=${false} aria-describedby=${describedby}
			placeholder=${t('party.placeholder')} onInput=${e => onInput(e.target.value)} />
		<datalist id=${`${id}-met`}>${(data ?? []).map(p => html`<option value=${p.id}>${p.name}</option>`)}</datalist>`;
}

function DocumentInput({ id, value, onInput, many }) {
	const [busy, set] = useState(false);
	const [error, setError] = useState(null);
	const add = async files => {
		set(true);
		setError(null);
		try {
			const hashes = [];
			for (const f of files) hashes.push((await postDocument(f)).sha256);
			onInput(many ? [...(value ?? []), ...hashes] : hashes[0]);
		} catch (e) {
			setError(e);
		}
		set(false);
	};
	const text = many ? (value ?? []).join('\n') : (value ?? '');
	return html`<div class="document-input">
		${many
			? html`<textarea id=${id} rows="2" spellcheck=${false} value=${text} onInput=${e => onInput(e.target.value.split(/\s+/).filter(Boolean))}></textarea>`
			: html`<input id=${id} spellcheck=${false} value=${text} onInput=${e => onInput(e.target.value)} />`}
		<${Drop} id=${`${id}-file`} label=${t('document.drop')} multiple=${many} busy=${busy} onFiles=${add} />
		${busy ? html`<${Busy} />` : null}${error ? html`<${Trouble} error=${error} />` : null}</div>`;
}

function Choice({ id, list, of, value, onInput, blank }) {
	return html`<select id=${id} value=${value ?? ''} onChange=${e => onInput(e.target.value)}>
		${blank ? html`<option value="">${t('field.unsaid')}</option>` : null}
		${of.map(v => html`<option value=${v} selected=${String(value) === String(v)}>${word(list, v)}</option>`)}</select>`;
}

function Checks({ id, list, of, value, onInput }) {
	const has = new Set(value ?? []);
	const flip = (v, on) => (on ? has.add(v) : has.delete(v), onInput([...has]));
	return html`<div class="checks" id=${id} role="group">${of.map(
		v => html`<label><input type="checkbox" checked=${has.has(v)} onChange=${e => flip(v, e.target.checked)} /> ${word(list, v)}</label>`,
	)}</div>`;
}

/* One field, by the kind of its shape. */
function Input({ name, schema, value, onInput, path, faults, need }) {
	const id = domId(path);
	const wide = { id, onInput, value };
	const text = (type = 'text') => html`<input id=${id} type=${type} value=${value ?? ''} autocomplete="off" aria-invalid=${faults[path] ? 'true' : null} onInput=${e => onInput(e.target.value)} />`;
	if (schema.type === 'array') {
		if (DOCUMENTS.has(name)) return html`<${DocumentInput} ...${wide} many />`;
		if (schema.items.enum) return html`<${Checks} ...${wide} list=${name === 'roles' ? 'role' : 'st'} of=${schema.items.enum} />`;
		return html`<${Several} name=${name} schema=${schema} value=${value} onInput=${onInput} path=${path} faults=${faults} />`;
	}
	switch (schema.kind) {
		case 'Money':
			return html`<div class="pair" role="group" aria-label=${word('f', name)}>
				<input id=${id} inputmode="decimal" autocomplete="off" value=${value?.amount ?? ''} aria-invalid=${faults[path] ? 'true' : null} onInput=${e => onInput({ currency: 'CNY', ...value, amount: e.target.value })} />
				<input class="short" aria-label=${t('f.currency')} maxlength="3" value=${value?.currency ?? 'CNY'} onInput=${e => onInput({ ...value, currency: e.target.value.toUpperCase() })} /></div>`;
		case 'Quantity':
			return html`<div class="pair" role="group" aria-label=${word('f', name)}>
				<input id=${id} inputmode="decimal" autocomplete="off" value=${value?.quantity ?? ''} aria-invalid=${faults[path] ? 'true' : null} onInput=${e => onInput({ unit: 'TNE', ...value, quantity: e.target.value })} />
				<input class="short" aria-label=${t('f.unit')} maxlength="3" value=${value?.unit ?? 'TNE'} onInput=${e => onInput({ ...value, unit: e.target.value.toUpperCase() })} /></div>`;
		case 'Values':
			return html`<div class="pair" role="group" aria-label=${word('f', name)}>
				<input id=${id} aria-label=${t('f.unit')} value=${value?.unit ?? ''} onInput=${e => onInput({ ...value, unit: e.target.value })} />
				<input inputmode="numeric" aria-label=${t('f.value')} value=${value?.value ?? ''} onInput=${e => onInput({ ...value, value: e.target.value })} /></div>`;
		case 'Date':
			return text('date');
		case 'Moment':
			return text('datetime-local');
		case 'Hash':
			return DOCUMENTS.has(name) ? html`<${DocumentInput} ...${wide} />` : text();
		case 'Uuid':
			return PARTY_FIELDS.has(name) ? html`<${PartyInput} ...${wide} />` : text();
		case 'EncumbranceKind':
			return html`<${Choice} ...${wide} list="kind" of=${schema.enum.filter(k => k !== 'freeze')} blank=${!need} />`;
		case 'Jwk':
			return html`<textarea id=${id} rows="3" spellcheck=${false} value=${typeof value === 'object' && value ? JSON.stringify(value) : (value ?? '')} onInput=${e => onInput(e.target.value)}></textarea>`;
		default:
	}
	if (schema.type === 'boolean') return html`<${Choice} ...${wide} list="flag" of=${['true', 'false']} blank />`;
	if (schema.type === 'object') return html`<fieldset class="nested"><${Fields} schema=${schema} value=${value ?? {}} onInput=${onInput} path=${path} faults=${faults} /></fieldset>`;
	if (schema.enum) return html`<${Choice} ...${wide} list=${name} of=${schema.enum} blank=${!need} />`;
	if (CLOSED[name]) return html`<${Choice} ...${wide} list=${CLOSED[name][0]} of=${CLOSED[name][1]} blank />`;
	if (LONG.has(name)) return html`<textarea id=${id} rows="2" value=${value ?? ''} onInput=${e => onInput(e.target.value)}></textarea>`;
	return text();
}

function Several({ name, schema, value, onInput, path, faults }) {
	const list = value?.length ? value : [undefined];
	const put = (i, v) => onInput(list.map((x, n) => (n === i ? v : x)));
	return html`<div class="several">${list.map(
		(v, i) => html`<div class="one" key=${i}>
			<${Input} name=${name} schema=${schema.items} value=${v} onInput=${x => put(i, x)} path=${i ? `${path}/${i}` : schema.items.type === 'object' && !schema.items.kind?.match(/Money|Jwk/) ? `${path}/0` : `${path}/0`} faults=${faults} need />
			${list.length > 1 ? html`<button type="button" class="link" onClick=${() => onInput(list.filter((_, n) => n !== i))}>${t('form.drop')}</button>` : null}
		</div>`,
	)}<button type="button" class="link" onClick=${() => onInput([...list, undefined])}>${t('form.more')}</button></div>`;
}

export function Fields({ schema, value, onInput, path = '', faults, fixed = {}, hide = [] }) {
	const required = schema.required ?? [];
	const names = Object.keys(schema.properties ?? {}).filter(n => !hide.includes(n) && !(schema.kind === 'Cut' && n === 'id'));
	const order = [...names.filter(n => required.includes(n)), ...names.filter(n => !required.includes(n))];
	return order.map(name => {
		const at = `${path}/${name}`;
		const sub = schema.properties[name];
		const several = sub.type === 'array' && !DOCUMENTS.has(name) && !sub.items.enum;
		if (name in fixed) return null;
		return html`<${Field} key=${name} id=${domId(several ? `${at}/0` : at)} label=${word('f', name)} need=${required.includes(name)} help=${help(name, sub)} fault=${faults[at] ? t(faults[at]) : null}>
			<${Input} name=${name} schema=${sub} value=${value?.[name]} onInput=${v => onInput({ ...value, [name]: v })} path=${at} faults=${faults} need=${required.includes(name)} />
		<//>`;
	});
}

/**
 * The form of a type: onDraft({ type, body }) when what was typed fits. `prefill` may be changed by the reader, `fixed`
 * not: it is added to the body as it is.
 */
export function StatementForm({ type, prefill = {}, fixed = {}, hide = [], label, onDraft, onCancel }) {
	const shape = useAsked(shapes, []);
	const [value, set] = useState(prefill);
	const [faults, setFaults] = useState({});
	useEffect(() => {
		set(prefill);
		setFaults({});
	}, [type]);
	return html`<${Asked} of=${shape}>${all => {
		const schema = all[type]?.body;
		if (!schema) return html`<${Text} of=${type} />`;
		const send = e => {
			e.preventDefault();
			const found = {};
			const open = { ...schema, properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([k]) => !(k in fixed))) };
			const body = { ...fit(open, value, '', found, true), ...fixed };
			if (Object.keys(value).length === 0) for (const k of schema.required ?? []) if (!(k in fixed)) found[`/${k}`] = 'fault.need';
			delete found[''];
			setFaults(found);
			const first = Object.keys(found)[0];
			if (first) document.getElementById(domId(first))?.focus();
			else onDraft({ type, body });
		};
		return html`<form class="statement-form" onSubmit=${send} novalidate>
			<${Fields} schema=${schema} value=${value} onInput=${set} faults=${faults} fixed=${fixed} hide=${hide} />
			<div class="form-foot">${onCancel ? html`<button type="button" class="secondary outline" onClick=${onCancel}>${t('cancel')}</button>` : null}
				<button type="submit">${label ?? t('form.review')}</button></div>
		</form>`;
	}}<//>`;
}
