// SPDX-License-Identifier: Apache-2.0
// bits.js: the smallest things a page is made of.

import { partyOf, session } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { assetPath, download, to } from '../lib/route.js';
import { html, useAsked, useEffect, useRef, useState } from '../lib/view.js';
import { dateText, grouped, language, momentText, t, word } from '../lib/words.js';

/* Marks that turn the direction of what follows, and other characters nobody can see: shown instead of obeyed. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
export const shown = text => String(text ?? '').replace(HIDDEN, c => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);

/** Somebody else's words: isolated, so that no script direction reaches beyond them. */
export const Text = ({ of }) => html`<bdi>${shown(of)}</bdi>`;

export const Money = ({ of, strong }) =>
	of ? html`<span class=${strong ? 'money strong' : 'money'}>${grouped(of.amount)} <small>${of.currency}</small></span>` : html`<span class="none">${'\u2013'}</span>`;
export const Quantity = ({ of }) => (of ? html`<span class="money">${grouped(of.quantity)} <small>${of.unit}</small></span>` : null);
export const Day = ({ of }) => (of ? html`<time datetime=${of}>${dateText(of)}</time>` : html`<span class="none">${'\u2013'}</span>`);
export const When = ({ of }) => (of ? html`<time datetime=${of} title=${of}>${momentText(of)}</time>` : null);

/** An id or hash, short to read and whole to copy. */
export function Id({ of, plain }) {
	const [copied, set] = useState(false);
	if (!of) return null;
	const short = of.length > 20 ? `${of.slice(0, 8)}\u2026${of.slice(-6)}` : of;
	if (plain) return html`<code title=${of}>${short}</code>`;
	const copy = async () => {
		await navigator.clipboard?.writeText(of).catch(() => {});
		set(true);
		setTimeout(() => set(false), 1500);
	};
	return html`<button type="button" class="id" title=${of} aria-label=${`${short} ${t('id.copy')}`} onClick=${copy}>
		<code>${short}</code>${copied ? html` <small role="status">${t('id.copied')}</small>` : null}</button>`;
}

/** A party by its name; my own is said to be mine. */
export function Party({ id, link = true }) {
	const { data } = useAsked(() => (isUuid(id) ? partyOf(id) : null), [id]);
	if (!id) return html`<span class="none">${'\u2013'}</span>`;
	const mine = session.value?.party === id;
	const name = data?.name ? html`<${Text} of=${data.name} />` : html`<code>${id.slice(0, 8)}${'\u2026'}</code>`;
	return html`<span class="party" title=${id}>${link ? html`<a href=${to(`party/${id}`)}>${name}</a>` : name}${
		mine ? html` <small class="mine">${t('party.you')}</small>` : null
	}</span>`;
}

const TONES = {
	good: ['confirmed', 'live', 'active', 'settled', 'held', 'accepted', 'paid', 'received', 'satisfied', 'locked', 'published'],
	warn: ['registered', 'offered', 'issued', 'pending', 'below-warning', 'part-released', 'open', 'opened', 'answered', 'overdue', 'shipped', 'presented', 'granted'],
	bad: ['disputed', 'rejected', 'defaulted', 'below-floor', 'failed', 'dishonoured', 'suspended', 'enforced', 'written-off'],
};
const toneOf = state => Object.keys(TONES).find(k => TONES[k].includes(state)) ?? 'calm';
export const State = ({ of, tone }) => html`<span class=${`badge ${tone ?? toneOf(of)}`}>${word('state', of)}</span>`;
export const Badge = ({ tone = 'calm', children }) => html`<span class=${`badge ${tone}`}>${children}</span>`;

export const Busy = ({ what }) => html`<p class="busy" role="status" aria-live="polite"><span class="spin" aria-hidden="true"></span>${what ?? t('busy')}</p>`;

export const Empty = ({ title, children }) => html`<div class="empty"><p><strong>${title}</strong></p>${children ? html`<p>${children}</p>` : null}</div>`;

/** A problem in the reader's words, with what the registry said in its own, the rule and the request. */
export function Trouble({ error, again }) {
	const code = error.code ?? 'internal';
	const own = word('fault', code);
	/* what the registry says beside the standing text of its code, which we have in the reader's language */
	const detail = error.detail && (error.detail !== error.title || language.value === 'en') ? error.detail : null;
	return html`<div class="notice bad" role="alert">
		<p><strong>${own === code ? t('trouble.title') : own}</strong></p>
		${detail ? html`<p class="said"><${Text} of=${detail} /></p>` : null}
		${error.pointer ? html`<p>${t('trouble.field')} <code>${shown(error.pointer)}</code></p>` : null}
		${error.rule ? html`<p>${t('trouble.rule')} <code>${shown(error.rule)}</code></p>` : null}
		<p class="small"><code>${code}</code>${error.instance ? html` ${'\u00b7'} ${t('trouble.request')} <code>${error.instance}</code>` : null}</p>
		${again ? html`<button type="button" class="secondary" onClick=${again}>${t('again')}</button>` : null}
	</div>`;
}

export const Notice = ({ tone = 'calm', title, children, role }) => html`<div class=${`notice ${tone}`} role=${role}>
	${title ? html`<p><strong>${title}</strong></p>` : null}${children}</div>`;

/** A page's head: what it is, in one line; what to do here, in another. */
export function Page({ title, lead, actions, children }) {
	const at = useRef();
	useEffect(() => {
		at.current?.focus({ preventScroll: true });
	}, []);
	return html`<article class="page">
		<header class="page-head"><div><h1 ref=${at} tabindex="-1">${title}</h1>${lead ? html`<p class="lead">${lead}</p>` : null}</div>
		${actions ? html`<div class="actions">${actions}</div>` : null}</header>
		${children}
	</article>`;
}

export const Card = ({ title, tone, children, actions }) => html`<section class=${`card ${tone ?? ''}`}>
	${title ? html`<header><h2>${title}</h2>${actions}</header>` : null}${children}</section>`;

/** Names and values; rows without a value are left out. */
export const Facts = ({ rows }) => html`<dl class="facts">${rows
	.filter(r => r && r[1] !== undefined && r[1] !== null && r[1] !== '')
	.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** What asynchronous work shows meanwhile, when it failed, and when it came back with nothing. */
export function Asked({ of, empty, children }) {
	if (of.error) return html`<${Trouble} error=${of.error} again=${of.again} />`;
	if (of.data === undefined) return html`<${Busy} />`;
	if (of.data === null) return empty ?? null;
	return children(of.data);
}

export const AssetLink = ({ asset, children }) => html`<a href=${assetPath(asset)}>${children ?? html`<${Id} plain of=${asset.id} />`}</a>`;

export function Save({ name, of, label, type }) {
	return html`<button type="button" class="secondary outline" onClick=${() => download(name, typeof of === 'string' ? of : JSON.stringify(of, null, 2), type)}>${label}</button>`;
}

/** A field with its label, its help and its fault said to it. */
export function Field({ id, label, help, fault, need, children }) {
	return html`<div class="field"><label for=${id}>${label}${need ? null : html` <small class="optional">${t('field.optional')}</small>`}</label>
		${children}${help ? html`<small id=${`${id}-help`} class="help">${help}</small>` : null}
		${fault ? html`<small id=${`${id}-fault`} class="fault" role="alert">${fault}</small>` : null}</div>`;
}

/** A place to drop a file on, which is a button too. */
export function Drop({ id, label, accept, multiple, onFiles, busy }) {
	const [over, set] = useState(false);
	const input = useRef();
	const take = list => list?.length && onFiles([...list]);
	return html`<div class=${`drop ${over ? 'over' : ''}`}
		onDragOver=${e => (e.preventDefault(), set(true))} onDragLeave=${() => set(false)}
		onDrop=${e => (e.preventDefault(), set(false), take(e.dataTransfer.files))}>
		<label for=${id}>${label}</label>
		<input id=${id} ref=${input} type="file" accept=${accept} multiple=${multiple} disabled=${busy}
			onChange=${e => (take(e.target.files), (e.target.value = ''))} />
	</div>`;
}
