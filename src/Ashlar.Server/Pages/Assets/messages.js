// How a message is shown.
import { h } from './dom.js';
import { markdown } from './markdown.js';
import { tokenView } from './tokens.js';

const names = { user: 'You', assistant: 'Answer', tool: 'Result' };
const ends = { length: 'The limit of tokens ended it.', stopped: 'Stopped.' };

/** The view of a message; its <c>update</c> shows what was added since. */
export function messageView(message, actions) {
  const body = h('div', { class: 'body' });
  const foot = h('div', { class: 'foot row' });
  const head = h('div', { class: 'who' }, names[message.role],
    message.model ? h('span', { class: 'hint' }, message.model) : null);
  const element = h('article', { class: `message ${message.role}`, 'aria-label': names[message.role] }, head, body, foot);
  if (message.role === 'assistant') return assistantView(message, actions, element, body, foot);

  body.append(h('div', { class: 'plain' }, message.content));
  if (message.role === 'user') foot.append(button('Edit', () => edit(message, actions, body, foot)));
  return { element, update() {} };
}

const button = (text, onclick, properties = {}) => h('button', { type: 'button', class: 'quiet', onclick, ...properties }, text);

function edit(message, actions, body, foot) {
  const rows = Math.min(12, message.content.split('\n').length + 1);
  const text = h('textarea', { rows, 'aria-label': 'The message, to be changed' });
  text.value = message.content;
  const before = [...body.childNodes];
  const leave = () => {
    body.replaceChildren(...before);
    foot.hidden = false;
    foot.querySelector('button')?.focus();
  };
  const send = () => text.value.trim() && actions.edit(text.value);
  text.addEventListener('keydown', event => {
    if (event.key === 'Escape') leave();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  body.replaceChildren(text, h('div', { class: 'row end' },
    button('Leave it', leave, { class: '' }), button('Send again', send, { class: 'primary' })));
  foot.hidden = true;
  text.focus();
}

function assistantView(message, actions, element, body, foot) {
  const parts = {
    reasoning: h('div'), text: h('div', { class: 'markdown' }), calls: h('div'), tokens: h('div'), note: h('p', { class: 'note' }),
  };
  body.append(parts.reasoning, parts.text, parts.calls, parts.tokens, parts.note);
  let drawn = {};
  let waiting = 0;
  let showsTokens = true;

  function draw(isStreaming) {
    waiting = 0;
    element.classList.toggle('streaming', isStreaming);
    if (message.reasoning !== drawn.reasoning) drawReasoning();
    if (message.content !== drawn.content) parts.text.replaceChildren(...markdown(message.content));
    const calls = JSON.stringify([message.tool_calls, isStreaming]);
    if (calls !== drawn.calls) drawCalls(isStreaming);
    drawn = { reasoning: message.reasoning, content: message.content, calls };
    parts.text.hidden = showsTokens && Boolean(message.logprobs) && !isStreaming;
    if (!isStreaming) end();
  }

  function drawReasoning() {
    let details = parts.reasoning.querySelector('details');
    if (!details) {
      details = h('details', { class: 'reasoning' }, h('summary', {}, 'Reasoning'), h('div', { class: 'plain' }));
      parts.reasoning.append(details);
    }
    details.lastChild.textContent = message.reasoning;
  }

  function drawCalls(isStreaming) {
    const calls = (message.tool_calls ?? []).map(callView);
    parts.calls.replaceChildren(...calls.map(call => call.element));
    if (calls.length === 0 || isStreaming || !actions.isLast()) return;
    const fields = calls.map(call => {
      const field = h('textarea', {
        rows: 2, class: 'code', 'aria-label': `Result of ${call.name}`, placeholder: 'The result, as the tool would give it',
      });
      call.element.append(field);
      return field;
    });
    parts.calls.append(h('div', { class: 'row end' }, button('Send results', () => actions.results(fields.map((field, index) => (
      { role: 'tool', tool_call_id: message.tool_calls[index].id, content: field.value }))), { class: 'primary' })));
  }

  function end() {
    parts.note.textContent = message.error ?? ends[message.finish] ?? '';
    parts.note.classList.toggle('error', Boolean(message.error));
    parts.tokens.replaceChildren(...(message.logprobs && showsTokens ? [tokenView(message.logprobs)] : []));
    if (!message.finish && !message.error && !message.content) return; // it has not begun
    foot.replaceChildren(
      button('Again', actions.again),
      button('Copy', copy),
      ...(message.logprobs ? [button('Tokens', toggleTokens, { 'aria-pressed': String(showsTokens) })] : []),
      h('span', { class: 'grow' }), h('span', { class: 'hint figures' }, message.figures ?? ''));
  }

  function copy(event) {
    navigator.clipboard?.writeText(message.content).then(() => { event.target.textContent = 'Copied'; }, () => {});
  }

  function toggleTokens() {
    showsTokens = !showsTokens;
    draw(false);
    [...foot.querySelectorAll('button')].at(-1).focus();
  }

  draw(false);
  return {
    element,
    // While it streams, once a frame is enough; long answers take longer to lay out.
    update(isStreaming) {
      cancelAnimationFrame(waiting);
      clearTimeout(waiting);
      if (!isStreaming) draw(false);
      else waiting = message.content.length > 20000 ? setTimeout(() => draw(true), 250) : requestAnimationFrame(() => draw(true));
    },
  };
}

function callView(call) {
  let given = call.function.arguments;
  try {
    given = JSON.stringify(JSON.parse(given), null, 2);
  } catch { /* It is not whole yet, or never will be: it is shown as it came. */ }
  const element = h('div', { class: 'call' },
    h('div', { class: 'block-head' }, h('span', {}, 'Calls ', h('code', {}, call.function.name))),
    h('pre', { tabindex: '0', 'aria-label': 'Arguments' }, h('code', {}, given)));
  return { element, name: call.function.name };
}
