// SPDX-License-Identifier: Apache-2.0
// words.mjs: every word the page says exists in every language, and no code says one by itself. No browser.

import { readFileSync, readdirSync } from 'node:fs';

const [root, base] = process.argv.slice(2);
const at = `${root}/server/console`;
let n = 0;
let bad = 0;
const say = (wrong, what) => {
	console.log(`${wrong.length ? 'not ok' : 'ok'} ${++n} ${what}`);
	if (wrong.length) {
		bad++;
		console.log(`# ${wrong.slice(0, 40).join('\n# ')}`);
	}
};

const en = JSON.parse(readFileSync(`${at}/lang/en.json`));
const zh = JSON.parse(readFileSync(`${at}/lang/zh-CN.json`));
const files = ['.', 'lib', 'parts', 'pages'].flatMap(d => readdirSync(`${at}/${d}`).filter(f => f.endsWith('.js')).map(f => `${at}/${d}/${f}`));
const code = files.map(f => [f, readFileSync(f, 'utf8')]);

say([...Object.keys(en).filter(k => !(k in zh)), ...Object.keys(zh).filter(k => !(k in en))], 'both catalogues have the same keys');
const holes = s => (s.match(/\{\w+\}/g) ?? []).sort().join();
say(Object.keys(en).filter(k => k in zh && holes(en[k]) !== holes(zh[k])), 'and the same places to fill in');
say(Object.keys(zh).filter(k => /^(st|f|say|nav|inbox|check|verdict)\./.test(k) && !/[\u4e00-\u9fff]/.test(zh[k]) && !/^[\x20-\x7e]{1,12}$|placeholder|sha256/.test(zh[k] + k)), 'the Chinese one is Chinese');

const used = code.flatMap(([f, s]) => [...s.matchAll(/\bt\('([^']+)'/g)].map(m => [f, m[1]]));
say(used.filter(([, k]) => !(k in en)).map(([f, k]) => `${f}: ${k}`), 'every key in the code is in the catalogues');

/* Text between the tags of a template that is no expression: letters there are words in code. */
const literal = [];
for (const [f, s] of code)
	for (const m of s.matchAll(/html`((?:[^`\\$]|\$(?!\{)|\\.|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\})*)`/g)) {
		const text = m[1].replace(/\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}/g, '').replace(/<[^>]*>/g, '\n');
		for (const line of text.split('\n')) if (/[A-Za-z\u4e00-\u9fff]{3,}/.test(line) && !/^\s*(CSV|NDJSON|SHA-256|1000|counterfoil log verify|\/openapi\.json|\/problems|\/\.well-known\/counterfoil\.json)\s*$/.test(line) && !/[=;{}()]/.test(line)) literal.push(`${f}: ${line.trim()}`);
	}
say(literal, 'no words stand in the code');

const { components } = await (await fetch(`${base}/openapi.json`)).json();
const schemas = components.schemas;
const types = schemas.Statement.oneOf.map(r => r.$ref.split('/').pop());
say(types.filter(x => !(`st.${x}` in en)), 'every statement type has a name');
const fields = new Set();
const walk = (s, depth = 0) => {
	if (s.$ref) s = schemas[s.$ref.split('/').pop()];
	if (depth > 5) return;
	for (const [k, v] of Object.entries(s.properties ?? {})) (fields.add(k), walk(v, depth + 1));
	if (s.items) walk(s.items, depth + 1);
};
for (const x of types) walk(schemas[x].properties.body);
say([...fields].filter(f => !(`f.${f}` in en) && !['kty', 'crv', 'x', 'y'].includes(f)), 'every field of a statement has a name');
say(schemas.ProblemCode.enum.filter(c => !(`fault.${c}` in en)), 'every problem is said in words');
const { items } = await (await fetch(`${base}/v1/rules`)).json();
say([...new Set(items.map(r => r.rule))].filter(r => !(`rule.${r}` in en)), 'every rule is said in words');
const reasons = [...readFileSync(`${root}/include/reason.def`, 'utf8').matchAll(/^REASON\(\d+,\s*\w+,\s*"([^"]+)"/gm)].map(m => m[1]);
say(reasons.filter(r => !(`reason.${r}` in en)), 'every reason of a check is said in words');
process.exit(bad ? 1 : 0);
