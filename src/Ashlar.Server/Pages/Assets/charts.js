// Lines and histograms as SVG, drawn anew each second at the size of their place.
import { h, s, seconds, short } from './dom.js';

const margin = { left: 48, right: 16, top: 8, bottom: 20 };

function canvas(place, label) {
  const [width, height] = [Math.max(200, place.clientWidth), place.classList.contains('tall') ? 165 : 145];
  return { width, height, root: s('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label }),
    inner: { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom } };
}

/** The least round number (of one digit) that is not less. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 3, 4, 5, 6, 8, 10].find(factor => factor * power >= value) * power;
}

/** Several rates over the last seconds; as many minutes as there is something of. */
export function lines(place, samples, now, longest, names) {
  const span = Math.min(longest, 60 * Math.max(1, Math.ceil((now - (samples[0]?.time ?? now)) / 60)));
  const most = roundUp(Math.max(10, ...samples.flatMap(sample => names.map(([name]) => sample[name]))));
  const latest = samples.at(-1);
  const label = names.map(([name, text]) => `${text} ${short(latest?.[name] ?? 0)} tokens a second`).join(', ');
  const { width, height, root, inner } = canvas(place, label);
  const x = time => margin.left + inner.width * (1 - (now - time) / span);
  const y = value => margin.top + inner.height * (1 - value / most);
  for (const part of [0, 0.5, 1]) {
    root.append(s('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y(most * part), y2: y(most * part) }),
      s('text', { x: margin.left - 6, y: y(most * part) + 4, 'text-anchor': 'end' }, short(most * part)));
  }
  const tick = span > 60 ? 60 : 15;
  for (let ago = 0; ago <= span; ago += tick) {
    const anchor = ago === 0 ? 'end' : ago === span ? 'start' : 'middle';
    const text = ago === 0 ? 'now' : span > 60 ? `-${ago / 60} min` : `-${ago} s`;
    root.append(s('text', { x: x(now - ago), y: height - 4, 'text-anchor': anchor }, text));
  }
  names.forEach(([name], index) => {
    const points = samples.map(sample => `${x(sample.time).toFixed(1)},${y(sample[name]).toFixed(1)}`);
    root.append(s('polyline', { class: `line series${index}`, points: points.join(' ') }));
  });
  place.replaceChildren(root, h('ul', { class: 'legend' }, ...names.map(([name, text], index) => h('li', {},
    h('span', { class: `swatch series${index}`, 'aria-hidden': 'true' }), `${text} ${short(latest?.[name] ?? 0)}/s`))));
}

/** Counts by size: the buckets from the first to the last that have any. */
export function histogram(place, { bounds, counts, sum }, unit) {
  const total = counts.reduce((x, y) => x + y, 0);
  if (total === 0) {
    place.replaceChildren(h('p', { class: 'hint' }, 'Nothing is measured yet.'));
    return;
  }
  let first = counts.findIndex(count => count > 0);
  let end = counts.length - [...counts].reverse().findIndex(count => count > 0);
  [first, end] = [Math.max(0, Math.min(first - 1, end - 6)), Math.min(counts.length, Math.max(end + 1, first + 6))];
  const shown = counts.slice(first, end);
  const most = Math.max(...shown);
  const [median, late] = [0.5, 0.95].map(share => atMost(bounds, counts, total, share));
  const note = `mean ${seconds(sum / total)}, median ${median}, 95 % ${late}, of ${short(total)} ${unit}`;
  const { width, height, root, inner } = canvas(place, note);
  const step = inner.width / shown.length;
  const every = Math.ceil(50 / step);
  shown.forEach((count, index) => {
    const tall = count === 0 ? 0 : Math.max(2, inner.height * count / most);
    const left = margin.left + index * step;
    const bound = bounds[first + index];
    const size = bound === undefined ? `over ${seconds(bounds.at(-1))}` : `up to ${seconds(bound)}`;
    const top = margin.top + inner.height - tall;
    root.append(s('rect', { class: 'column', x: left + 1, y: top, width: Math.max(1, step - 2), height: tall },
      s('title', {}, `${size}: ${count} ${unit}`)));
    const isAtEdge = left + step + 24 > width;
    if (bound !== undefined && index % every === 0 && !isAtEdge) {
      root.append(s('text', { x: left + step, y: height - 4, 'text-anchor': 'middle' }, seconds(bound)));
    }
  });
  const ground = margin.top + inner.height;
  root.append(s('line', { class: 'grid', x1: margin.left, x2: margin.left + inner.width, y1: ground, y2: ground }),
    s('text', { x: margin.left - 6, y: margin.top + 8, 'text-anchor': 'end' }, short(most)));
  place.replaceChildren(root, h('p', { class: 'hint' }, note));
}

// Of a share of the observations it is only known in which bucket they are.
function atMost(bounds, counts, total, share) {
  let seen = 0;
  for (let i = 0; i < bounds.length; i++) {
    seen += counts[i];
    if (seen >= total * share) return `≤ ${seconds(bounds[i])}`;
  }
  return `> ${seconds(bounds.at(-1))}`;
}
