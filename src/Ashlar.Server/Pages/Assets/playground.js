// The playground: two sides at most, one place to write.
import { ask, keyIsSet } from './api.js';
import { byId, h } from './dom.js';
import { Pane } from './pane.js';
import { check, readForm, showWhen, writeForm } from './settings.js';
import * as store from './store.js';

const sides = ['a', 'b'];
const status = text => { byId('status').textContent = text; };
const panes = Object.fromEntries(sides.map(side => [side, new Pane(side, status, changed)]));
let conversation = store.open();

const active = () => conversation.compare ? sides : ['a'];
const isBusy = () => sides.some(side => panes[side].isBusy);

function changed(pane) {
  for (const side of sides) {
    const own = conversation.sides[side];
    if (panes[side] === pane) own.messages = pane.state.messages;
    own.settings = readForm(side);
    own.model = panes[side].model || own.model;
  }
  const first = conversation.sides.a.messages.find(message => message.role === 'user');
  conversation.title = first ? first.content.slice(0, 60) : '';
  if (first) store.save(conversation);
  const busy = isBusy();
  byId('send').hidden = busy;
  byId('stop').hidden = !busy;
  if (!busy) showList();
}

function show(next) {
  conversation = next;
  store.remember(next);
  for (const side of sides) {
    writeForm(side, next.sides[side].settings);
    choose(side, next.sides[side].model);
    panes[side].show(next.sides[side]);
  }
  byId('compare').checked = next.compare;
  showCompare();
  showList();
}

function showList() {
  const all = store.list();
  const options = all.map(one => h('option', { value: one.id }, one.title || 'Untitled'));
  if (!all.some(one => one.id === conversation.id)) options.unshift(h('option', { value: conversation.id }, 'New conversation'));
  byId('conversations').replaceChildren(...options);
  byId('conversations').value = conversation.id;
}

function showCompare() {
  byId('b-pane').hidden = !conversation.compare;
  byId('sides').hidden = !conversation.compare;
  document.body.classList.toggle('compares', conversation.compare);
  showSide(conversation.compare ? document.querySelector('[name="side"]:checked').value : 'a');
}

function showSide(side) {
  for (const one of sides) byId(`${one}-settings`).hidden = one !== side;
}

function choose(side, model) {
  const select = byId(`${side}-model`);
  const names = [...select.options].map(option => option.value);
  if (names.includes(model)) select.value = model;
  else if (names.length > 0) select.value = names[Math.min(names.length - 1, sides.indexOf(side))];
}

async function loadModels() {
  try {
    const { data } = await (await ask('/v1/models')).json();
    for (const side of sides) {
      byId(`${side}-model`).replaceChildren(...data.map(model => h('option', { value: model.id }, model.id)));
      choose(side, conversation.sides[side].model);
    }
    status(keyIsSet() ? 'Unlocked' : '');
  } catch (error) {
    status(error.message);
  }
}

async function send() {
  const message = byId('message');
  const text = message.value;
  if (text.trim() === '' || isBusy()) return;
  if (active().some(side => !panes[side].model)) await loadModels();
  // All sides must be in order before one begins.
  for (const side of active()) {
    if (panes[side].request()) continue;
    byId('settings').open = true;
    if (conversation.compare) document.querySelector(`[name="side"][value="${side}"]`).click();
    panes[side].request();
    status('A setting is wrong');
    return;
  }
  message.value = '';
  await Promise.all(active().map(side => panes[side].say(text)));
}

function stop() {
  for (const side of sides) panes[side].stop();
  byId('message').focus();
}

function showCurl() {
  const text = byId('message').value;
  const side = conversation.compare ? document.querySelector('[name="side"]:checked').value : 'a';
  const messages = panes[side].state.messages;
  const last = messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages;
  const request = panes[side].request(text.trim() ? [...messages, { role: 'user', content: text }] : last);
  if (!request) return;
  const body = JSON.stringify(request, null, 2).replaceAll("'", "'\\''");
  const lines = [`curl ${location.origin}/v1/chat/completions`, "-H 'Content-Type: application/json'"];
  if (keyIsSet()) lines.push('-H "Authorization: Bearer $ASHLAR_API_KEY"');
  lines.push(`-d '${body}'`);
  byId('text-content').value = lines.join(' \\\n  ');
  byId('text-copied').textContent = '';
  byId('text-dialog').showModal();
}

byId('text-copy').addEventListener('click', async () => {
  const content = byId('text-content');
  content.select();
  try {
    await navigator.clipboard.writeText(content.value);
    byId('text-copied').textContent = 'Copied';
  } catch {
    byId('text-copied').textContent = 'The browser forbids it here; copy what is selected';
  }
});

byId('composer').addEventListener('submit', event => {
  event.preventDefault();
  send();
});
byId('message').addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
byId('stop').addEventListener('click', stop);
addEventListener('keydown', event => {
  if (event.key === 'Escape' && isBusy() && !document.querySelector('dialog[open]')) stop();
});
byId('curl').addEventListener('click', showCurl);
byId('new').addEventListener('click', () => {
  show(store.create(conversation));
  byId('message').focus();
});
byId('delete').addEventListener('click', () => {
  store.remove(conversation.id);
  show(store.list()[0] ?? store.create(conversation));
});
byId('conversations').addEventListener('change', event => show(store.read(event.target.value) ?? conversation));
byId('compare').addEventListener('change', event => {
  conversation.compare = event.target.checked;
  if (conversation.compare && conversation.sides.b.messages.length === 0) {
    // The second side goes on from what was said so far.
    conversation.sides.b.messages = structuredClone(conversation.sides.a.messages);
    if (!Object.keys(readForm('b')).length) writeForm('b', readForm('a'));
    panes.b.show(conversation.sides.b);
  }
  showCompare();
  changed(null);
});
for (const radio of document.querySelectorAll('[name="side"]')) radio.addEventListener('change', () => showSide(radio.value));
for (const side of sides) {
  const form = byId(`${side}-settings`);
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('change', event => {
    showWhen(side);
    check(side, event.target);
    status('');
    changed(null);
  });
  form.addEventListener('reset', () => setTimeout(() => {
    writeForm(side, {});
    changed(null);
  }));
  byId(`${side}-model`).addEventListener('change', () => changed(null));
}
store.watch(() => conversation.id, () => !isBusy() && show(store.read(conversation.id) ?? conversation));

if (matchMedia('(max-width: 60rem)').matches) byId('settings').open = false;
show(conversation);
await loadModels();
