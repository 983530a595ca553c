// The prefix tree, from left to right: a run is as wide as it has tokens before its end, and as high as what hangs on it.
import { byId, h, s, short } from './dom.js';

const row = 18;
const gap = 3;
const mostRows = 60;
let chosen = -1;

export function drawTree(place, tree, blockSize) {
  const runs = tree.runs.map((run, index) => ({ ...run, index, children: [] }));
  const roots = [];
  for (const run of runs) (run.parent < 0 ? roots : runs[run.parent].children).push(run);
  byId('tree-note').textContent = tree.blocks === 0 ? '' : `${short(tree.blocks)} blocks of ${blockSize}`
    + `${tree.omitted_runs > 0 ? `; the ${runs.length} largest runs, ${tree.omitted_runs} more are not drawn` : ''}`;
  if (runs.length === 0) {
    place.replaceChildren(h('p', { class: 'hint' }, 'The tree is empty.'));
    return;
  }

  let rows = 0;
  let longest = 1;
  const layOut = (run, start) => {
    run.start = start;
    run.top = rows;
    longest = Math.max(longest, start + run.tokens);
    run.children.sort((x, y) => y.tokens_in_all - x.tokens_in_all);
    for (const child of run.children) if (rows < mostRows) layOut(child, start + run.tokens);
    if (run.children.length === 0) rows++;
    run.rows = Math.max(1, rows - run.top);
  };
  roots.sort((x, y) => y.tokens_in_all - x.tokens_in_all);
  for (const root of roots) if (rows < mostRows) layOut(root, 0);

  const width = Math.max(280, place.clientWidth);
  const scale = (width - 2) / longest;
  const height = rows * row + 2;
  const svg = s('svg', {
    viewBox: `0 0 ${width} ${height}`, width, height, role: 'listbox', tabindex: '0', 'aria-label': 'Runs of the prefix tree',
  });
  const drawn = runs.filter(run => run.start !== undefined);
  for (const run of drawn) {
    const [x, wide] = [1 + run.start * scale, Math.max(3, run.tokens * scale - 2)];
    const kind = run.users > 0 ? 'held' : 'evictable';
    const text = words(run);
    const group = s('g', { class: `run ${kind}${run.index === chosen ? ' chosen' : ''}`, role: 'option', id: `run-${run.index}`,
      'aria-selected': String(run.index === chosen), 'aria-label': text, 'data-run': run.index },
      s('title', {}, text), s('rect', { x, y: run.top * row + 1, width: wide, height: run.rows * row - gap, rx: 2 }));
    if (wide > 44) {
      group.append(s('text', { x: x + 5, y: run.top * row + row - 6 },
        `${short(run.tokens)}${run.users > 0 && wide > 90 ? ` · ${run.users} user${run.users > 1 ? 's' : ''}` : ''}`));
    }
    svg.append(group);
  }

  const hadFocus = place.contains(document.activeElement);
  const choose = index => {
    chosen = drawn[Math.max(0, Math.min(drawn.length - 1, index))].index;
    for (const group of svg.children) {
      const isChosen = group.dataset.run === String(chosen);
      group.classList.toggle('chosen', isChosen);
      group.setAttribute('aria-selected', String(isChosen));
    }
    svg.setAttribute('aria-activedescendant', `run-${chosen}`);
    byId('tree-detail').textContent = words(runs[chosen]);
  };
  svg.addEventListener('keydown', event => {
    const at = drawn.findIndex(run => run.index === chosen);
    if (event.key === 'ArrowDown' || event.key === 'ArrowRight') choose(at + 1);
    else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') choose(at - 1);
    else return;
    event.preventDefault();
  });
  svg.addEventListener('pointerover', event => {
    const group = event.target.closest('[data-run]');
    if (group) choose(drawn.findIndex(run => run.index === Number(group.dataset.run)));
  });
  place.replaceChildren(svg, h('ul', { class: 'legend' },
    ...['held', 'evictable'].map(kind => h('li', {}, h('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), kind))));
  if (hadFocus) svg.focus();
}

const words = run => `${run.tokens} tokens in ${run.blocks} block${run.blocks > 1 ? 's' : ''}, `
  + `${run.users > 0 ? `used by ${run.users}` : 'evictable'}; ${run.tokens_in_all} with all that follows`;
