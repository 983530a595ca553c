// Markdown as models write it, to elements. What is not known stays text; HTML in it is text, too.
import { h } from './dom.js';

const inlines = [
  [/^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/, m => h('code', {}, m[2])],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*/, m => h('strong', {}, ...inline(m[1]))],
  [/^__(?=\S)([\s\S]*?\S)__(?!\w)/, m => h('strong', {}, ...inline(m[1]))],
  [/^~~(?=\S)([\s\S]*?\S)~~/, m => h('del', {}, ...inline(m[1]))],
  [/^\*(?=[^\s*])([\s\S]*?[^\s*])\*(?!\*)/, m => h('em', {}, ...inline(m[1]))],
  [/^_(?=[^\s_])([\s\S]*?[^\s_])_(?!\w)/, m => h('em', {}, ...inline(m[1]))],
  [/^!?\[([^\]\n]*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"\n]*")?\)/, m => link(m[2], m[1] || m[2])],
  [/^<(https?:\/\/[^\s<>]+)>/, m => link(m[1], m[1])],
  [/^https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/, m => link(m[0], m[0])],
];

function link(address, text) {
  // Only what leads elsewhere; no scripts, no data.
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return document.createTextNode(text);
  return h('a', { href: address, rel: 'noopener noreferrer', target: '_blank' }, text);
}

function inline(text, depth = 0) {
  const nodes = [];
  let plain = '';
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(plain));
    plain = '';
  };
  for (let i = 0; i < text.length;) {
    const character = text[i];
    if (character === '\\' && /[\\`*_{}[\]()#+\-.!~|<>]/.test(text[i + 1] ?? '')) {
      plain += text[i + 1];
      i += 2;
      continue;
    }
    const mayBegin = '`*_~[!<h'.includes(character) && (character !== '_' && character !== 'h' || !/\w/.test(text[i - 1] ?? ''));
    const rest = mayBegin ? text.slice(i, i + 2000) : '';
    let matched = false;
    for (const [pattern, make] of mayBegin ? inlines : []) {
      const match = pattern.exec(rest);
      if (!match) continue;
      flush();
      nodes.push(make(match));
      i += match[0].length;
      matched = true;
      break;
    }
    if (!matched) {
      plain += character;
      i++;
    }
  }
  flush();
  return nodes;
}

const item = /^(\s*)([-*+]|\d{1,9}[.)])(\s+|$)/;
const fence = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const rule = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const divider = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** The elements of a text. */
export function markdown(text) {
  return blocks(text.replaceAll('\r\n', '\n').split('\n'), 0);
}

function blocks(lines, depth) {
  const nodes = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i];
    let match;
    if (line.trim() === '') {
      i++;
    } else if ((match = fence.exec(line))) {
      const content = [];
      for (i++; i < lines.length && !lines[i].trim().startsWith(match[1]); i++) content.push(lines[i]);
      i++;
      nodes.push(code(content.join('\n'), match[2]));
    } else if ((match = heading.exec(line))) {
      nodes.push(h(`h${Math.min(6, match[1].length + 2)}`, {}, ...inline(match[2])));
      i++;
    } else if (rule.test(line)) {
      nodes.push(h('hr'));
      i++;
    } else if (line.trimStart().startsWith('>') && depth < 8) {
      const quoted = [];
      for (; i < lines.length && lines[i].trimStart().startsWith('>'); i++) {
        quoted.push(lines[i].trimStart().slice(1).replace(/^ /, ''));
      }
      nodes.push(h('blockquote', {}, ...blocks(quoted, depth + 1)));
    } else if (item.test(line) && depth < 8) {
      let list;
      [list, i] = readList(lines, i, depth);
      nodes.push(list);
    } else if (line.includes('|') && divider.test(lines[i + 1] ?? '') && (lines[i + 1] ?? '').includes('-')) {
      let table;
      [table, i] = readTable(lines, i);
      nodes.push(table);
    } else {
      const paragraph = [line.trimStart()];
      for (i++; i < lines.length && lines[i].trim() !== '' && !begins(lines[i]); i++) paragraph.push(lines[i].trimStart());
      nodes.push(h('p', {}, ...inline(paragraph.join('\n'))));
    }
  }
  return nodes;
}

const begins = line => fence.test(line) || heading.test(line) || rule.test(line) || item.test(line) || /^\s*>/.test(line);

function readList(lines, start, depth) {
  const [, indent, mark] = item.exec(lines[start]);
  const isOrdered = /\d/.test(mark);
  const list = h(isOrdered ? 'ol' : 'ul', { start: isOrdered && parseInt(mark, 10) !== 1 ? parseInt(mark, 10) : undefined });
  let i = start;
  while (i < lines.length) {
    const match = item.exec(lines[i]);
    const isOfList = match && match[1].length >= indent.length && match[1].length <= indent.length + 1;
    if (!isOfList || /\d/.test(match[2]) !== isOrdered) break;
    const inside = match[1].length + match[2].length + 1;
    const content = [lines[i].slice(match[0].length)];
    for (i++; i < lines.length; i++) {
      const isDeeper = lines[i].search(/\S/) >= Math.min(inside, indent.length + 2);
      const ends = lines[i].trim() === ''
        ? !/^\s{2,}\S/.test(lines[i + 1] ?? '')
        : !isDeeper && (begins(lines[i]) || content.at(-1) === '');
      if (ends) break;
      content.push(lines[i].slice(Math.min(inside, Math.max(0, lines[i].search(/\S/)))));
    }
    const parts = blocks(content, depth + 1);
    // A single paragraph is a tight item.
    const isTight = parts[0]?.tagName === 'P';
    list.append(h('li', {}, ...(isTight ? [...parts[0].childNodes] : []), ...(isTight ? parts.slice(1) : parts)));
    if (lines[i]?.trim() === '' && item.test(lines[i + 1] ?? '')) i++;
  }
  return [list, i];
}

function readTable(lines, start) {
  const cells = line => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim());
  const sides = cells(lines[start + 1]).map(cell => cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'right') : undefined);
  const row = (line, name) => h('tr', {}, ...cells(line).slice(0, sides.length).map(
    (cell, column) => h(name, { class: sides[column] }, ...inline(cell))));
  const body = h('tbody');
  let i = start + 2;
  for (; i < lines.length && lines[i].includes('|') && lines[i].trim() !== ''; i++) body.append(row(lines[i], 'td'));
  const table = h('table', {}, h('thead', {}, row(lines[start], 'th')), body);
  return [h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' }, table), i];
}

function code(text, language) {
  const copy = h('button', { type: 'button', class: 'quiet copy', onclick: event => {
    navigator.clipboard?.writeText(text).then(() => { event.target.textContent = 'Copied'; }, () => {});
  } }, 'Copy');
  return h('div', { class: 'block' }, h('div', { class: 'block-head' }, h('span', {}, language || 'code'), copy),
    h('pre', { tabindex: '0', 'aria-label': language ? `Code, ${language}` : 'Code' }, h('code', {}, text)));
}
