// An answer token by token, each coloured by its probability.
import { h } from './dom.js';

const bounds = [0.05, 0.25, 0.5, 0.8]; // of the five colours
const classOf = logprob => `p${bounds.filter(bound => Math.exp(logprob) >= bound).length}`;
const percent = logprob => {
  const part = Math.exp(logprob) * 100;
  return `${part >= 99.95 ? '100' : part >= 10 ? part.toFixed(1) : part.toPrecision(2)} %`;
};
// A part of a character has no text of its own; its bytes tell.
const textOf = token => token.token.includes('\ufffd') && token.bytes
  ? token.bytes.map(byte => `<${byte.toString(16).padStart(2, '0').toUpperCase()}>`).join('')
  : token.token;
const visible = token => textOf(token).replaceAll(' ', '·').replaceAll('\n', '↵').replaceAll('\t', '→') || '∅';

/** The view of some tokens, in which arrows move; the one in focus, or under the pointer, shows what else was likely. */
export function tokenView(tokens) {
  const detail = h('div', { class: 'token-detail' },
    h('span', { class: 'hint' }, 'Point at a token, or move with the arrow keys.'));
  const text = h('div', { class: 'tokens', role: 'listbox', 'aria-label': 'Tokens of the answer', tabindex: '0' });
  const parts = tokens.map((token, index) => h(
    'span',
    { class: `token ${classOf(token.logprob)}`, role: 'option', id: `t${crypto.getRandomValues(new Uint32Array(1))[0]}-${index}`,
      'aria-selected': 'false', 'aria-label': `${visible(token)}, ${percent(token.logprob)}` },
    textOf(token).replaceAll('\n', '↵\n') || '∅'));
  text.append(...parts);
  let chosen = -1;

  function choose(index) {
    parts[chosen]?.setAttribute('aria-selected', 'false');
    chosen = Math.max(0, Math.min(parts.length - 1, index));
    const part = parts[chosen];
    if (!part) return;
    part.setAttribute('aria-selected', 'true');
    text.setAttribute('aria-activedescendant', part.id);
    detail.replaceChildren(alternatives(tokens[chosen]));
  }

  text.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) choose(chosen + step);
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(parts.length - 1);
    else return;
    event.preventDefault();
    parts[chosen]?.scrollIntoView({ block: 'nearest' });
  });
  text.addEventListener('focus', () => chosen < 0 && choose(0));
  text.addEventListener('pointerover', event => {
    const index = parts.indexOf(event.target);
    if (index >= 0) choose(index);
  });
  return h('div', { class: 'token-view' }, text, detail, legend());
}

function alternatives(token) {
  const isSame = other => other.token === token.token && String(other.bytes) === String(token.bytes);
  const rows = token.top_logprobs.some(isSame) ? token.top_logprobs : [token, ...token.top_logprobs];
  return h('table', { class: 'alternatives' }, h('tbody', {}, ...rows.map(other => {
    const bar = h('span', { class: 'bar' });
    bar.style.width = `${Math.max(1, Math.exp(other.logprob) * 100)}%`;
    return h('tr', { class: isSame(other) ? 'chosen' : undefined },
      h('td', {}, h('code', {}, visible(other))),
      h('td', { class: 'right' }, percent(other.logprob)),
      h('td', { class: 'right' }, other.logprob.toFixed(2)),
      h('td', { class: 'bars' }, bar));
  })));
}

function legend() {
  const names = ['under 5 %', '5', '25', '50', 'from 80 %'];
  return h('div', { class: 'legend hint', 'aria-hidden': 'true' },
    ...names.map((name, index) => h('span', { class: `token p${index}` }, name)));
}
