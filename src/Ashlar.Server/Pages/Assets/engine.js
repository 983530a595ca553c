// The engine page: what the server tells once a second, drawn.
import { ask, events } from './api.js';
import { histogram, lines } from './charts.js';
import { byId, h, seconds, short } from './dom.js';
import { drawTree } from './tree.js';

const keptSeconds = 300;
const states = { waiting: 'waits', loading: 'loads blocks', prefill: 'prompt', decode: 'generates' };
const history = new Map(); // of rates, by model
let last = null;
let isPaused = false;
let abort = null;

const chosen = snapshot => snapshot.models.find(model => model.name === byId('model').value) ?? snapshot.models[0];

function take(snapshot) {
  for (const model of snapshot.models) {
    const kept = history.get(model.name) ?? { rates: [], before: null };
    history.set(model.name, kept);
    const { statistics } = model;
    const wrong = statistics.guessed_tokens - statistics.rightly_guessed_tokens;
    const now = { time: snapshot.time_ms / 1000, generated: statistics.generated_tokens,
      prompt: statistics.computed_tokens - statistics.generated_tokens - wrong };
    const { before } = kept;
    if (before && now.generated >= before.generated && now.time > before.time) {
      const per = now.time - before.time;
      const prompt = Math.max(0, now.prompt - before.prompt) / per;
      kept.rates.push({ time: now.time, prompt, generated: (now.generated - before.generated) / per });
    }
    kept.before = now;
    kept.rates = kept.rates.filter(rate => rate.time > now.time - keptSeconds);
  }
  last = snapshot;
  if (!isPaused) draw();
}

function draw() {
  showModels(last.models);
  const model = chosen(last);
  const { statistics } = model;
  const { rates } = history.get(model.name);
  showFacts(model, rates.at(-1));
  lines(byId('throughput'), rates, last.time_ms / 1000, keptSeconds, [['generated', 'generated'], ['prompt', 'prompt']]);
  histogram(byId('ttft'), model.time_to_first_token_seconds, 'requests');
  histogram(byId('latency'), model.inter_token_latency_seconds, 'tokens');
  showCache(statistics);
  showSequences(model);
  if (model.tree) drawTree(byId('tree'), model.tree, statistics.block_size);
}

function showModels(models) {
  const select = byId('model');
  const names = models.map(model => model.name);
  if (names.join('\n') === [...select.options].map(option => option.value).join('\n')) return;
  const { value } = select;
  select.replaceChildren(...names.map(name => h('option', { value: name }, name)));
  if (names.includes(value)) select.value = value;
}

function showFacts(model, rate) {
  const { statistics } = model;
  const part = (some, all) => all > 0 ? `${(100 * some / all).toFixed(1)} %` : '–';
  const facts = [
    ['State', model.failure ? 'failed' : statistics.running > 0 ? 'works' : statistics.waiting > 0 ? 'waits' : 'rests'],
    ['Running', statistics.running],
    ['Waiting', statistics.waiting],
    ['Generated/s', short(rate?.generated ?? 0)],
    ['Prompt/s', short(rate?.prompt ?? 0)],
    ['Generated', short(statistics.generated_tokens)],
    ['Cache hits', part(statistics.found_tokens, statistics.sought_tokens)],
    ['Right guesses', part(statistics.rightly_guessed_tokens, statistics.guessed_tokens)],
    ['Preemptions', statistics.preemptions],
    ['Last step', seconds(statistics.last_step_seconds)],
    ['Steps', short(statistics.steps)],
    ['Context', short(model.context_length)],
  ];
  const list = byId('facts');
  if (list.children.length !== facts.length) {
    list.replaceChildren(...facts.map(([name]) => h('div', {}, h('dt', {}, name), h('dd', { 'data-fact': name }))));
  }
  facts.forEach(([, value], index) => { list.children[index].lastChild.textContent = String(value); });
}

function showCache(statistics) {
  const kinds = [['held', statistics.held_blocks], ['evictable', statistics.evictable_blocks], ['free', statistics.free_blocks]];
  const place = byId('cache');
  if (!place.firstChild) {
    place.append(h('div', { class: 'stack', role: 'img' }, ...kinds.map(([kind]) => h('span', { class: `part ${kind}` }))),
      h('ul', { class: 'legend' }, ...kinds.map(([kind]) => h('li', {},
        h('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), h('span')))),
      h('p', { class: 'hint' }));
  }
  const [stack, legend, note] = place.children;
  kinds.forEach(([kind, blocks], index) => {
    stack.children[index].style.flexGrow = blocks;
    stack.children[index].hidden = blocks === 0;
    const part = (100 * blocks / statistics.blocks).toFixed(1);
    legend.children[index].lastChild.textContent = `${kind} ${short(blocks)} (${part} %)`;
  });
  stack.setAttribute('aria-label', kinds.map(([kind, blocks]) => `${blocks} ${kind}`).join(', '));
  const waste = statistics.held_blocks > 0 ? 100 * statistics.unused_slots / (statistics.held_blocks * statistics.block_size) : 0;
  note.textContent = `${short(statistics.blocks)} blocks of ${statistics.block_size} tokens; `
    + `${waste.toFixed(1)} % of the places held are unused; `
    + `found on disk ${short(statistics.found_on_disk_tokens)}, at peers ${short(statistics.found_at_peers_tokens)} tokens`;
}

function showSequences(model) {
  const place = byId('sequences');
  const sequences = model.sequences ?? [];
  if (sequences.length === 0) {
    place.replaceChildren(h('p', { class: 'hint' }, 'Nothing runs and nothing waits.'));
    return;
  }
  const heads = ['State', 'Age', 'Prompt', 'Cached', 'Computed', 'Generated', 'Priority', 'Preempted'];
  const head = heads.map((text, index) => h('th', { scope: 'col', class: index ? 'right' : undefined }, text));
  const rows = sequences.map(one => h('tr', {},
    h('td', {}, h('span', { class: `state ${one.state}` }, states[one.state] ?? one.state)),
    ...[seconds(one.age_seconds), one.prompt_tokens, one.cached_tokens, one.computed_tokens, one.generated_tokens, one.priority,
      one.preemptions].map(value => h('td', { class: 'right' }, String(value)))));
  place.replaceChildren(h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)));
  if (model.omitted_sequences > 0) place.append(h('p', { class: 'hint' }, `and ${model.omitted_sequences} more`));
}

// A hidden tab asks nothing: browsers allow a server but a few connections.
async function watch() {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15000)) {
    while (document.hidden) await new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }));
    try {
      abort = new AbortController();
      const response = await ask('/api/ashlar/engine?stream=true', { signal: abort.signal });
      byId('status').textContent = 'Live';
      for await (const data of events(response)) {
        take(JSON.parse(data));
        wait = 1000;
      }
      byId('status').textContent = 'The server has ended the stream; trying again';
    } catch (error) {
      if (error.name === 'AbortError') {
        wait = 1000;
        continue;
      }
      byId('status').textContent = error.message;
      if (error.status >= 400 && error.status !== 429 && error.status < 500) return;
    }
    await new Promise(resolve => setTimeout(resolve, wait));
  }
}

document.addEventListener('visibilitychange', () => document.hidden && abort?.abort());
byId('pause').addEventListener('click', event => {
  isPaused = !isPaused;
  event.target.setAttribute('aria-pressed', String(isPaused));
  event.target.textContent = isPaused ? 'Go on' : 'Pause';
  if (!isPaused && last) draw();
});
byId('model').addEventListener('change', () => last && draw());
watch();
