// One side: a conversation with one model, shown and continued.
import { ApiError, ask, events } from './api.js';
import { byId, h, short } from './dom.js';
import { messageView } from './messages.js';
import { requestOf, showServerError } from './settings.js';

const fieldsSent = { user: ['content'], assistant: ['content', 'tool_calls'], tool: ['content', 'tool_call_id'] };

export class Pane {
  #log;
  #side;
  #abort = null;
  #views = [];
  #announce;

  /** @param state messages and model; kept by whoever made the pane. @param changed is called after each change. */
  constructor(side, announce, changed) {
    this.#side = side;
    this.#log = byId(`${side}-log`);
    this.#announce = announce;
    this.changed = changed;
    this.state = { messages: [] };
  }

  get isBusy() {
    return this.#abort !== null;
  }

  get model() {
    return byId(`${this.#side}-model`).value;
  }

  /** Shows a conversation from its start. */
  show(state) {
    this.stop();
    this.state = state;
    this.#views = [];
    this.#log.replaceChildren();
    byId(`${this.#side}-figures`).textContent = '';
    for (const message of state.messages) this.#add(message);
    if (state.messages.length === 0) {
      this.#log.append(h('p', { class: 'empty hint' }, 'Nothing is said yet. What is said here stays in this browser.'));
    }
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  stop() {
    this.#abort?.abort();
  }

  /** The request for an answer; null where a setting is wrong, which is told there. */
  request(messages = this.state.messages) {
    const settings = requestOf(this.#side);
    if (!settings) return null;
    const system = byId(`${this.#side}-system`).value;
    const told = messages.map(message => {
      const sent = { role: message.role };
      for (const name of fieldsSent[message.role]) if (message[name] !== undefined) sent[name] = message[name];
      return sent;
    });
    if (system.trim() !== '') told.unshift({ role: 'system', content: system });
    return { model: this.model, messages: told, ...settings };
  }

  /** Says something, and takes the answer. */
  async say(text) {
    const messages = [...this.state.messages, { role: 'user', content: text }];
    const request = this.request(messages);
    if (!request) return false;
    this.#take(messages.at(-1));
    await this.#answer(request);
    return true;
  }

  /** Takes back a message and all after it; says another text in its place, or asks for the answer again. */
  async #again(index, text) {
    this.stop();
    const messages = this.state.messages.slice(0, index);
    if (text !== undefined) messages.push({ role: 'user', content: text });
    const request = this.request(messages);
    if (!request) return;
    this.show({ ...this.state, messages });
    this.changed(this);
    await this.#answer(request);
  }

  async #giveResults(results) {
    const messages = [...this.state.messages, ...results];
    const request = this.request(messages);
    if (!request) return;
    for (const result of results) this.#take(result);
    await this.#answer(request);
  }

  async #answer(request) {
    const abort = this.#abort = new AbortController();
    const message = { role: 'assistant', content: '', model: request.model };
    const view = this.#take(message);
    const began = performance.now();
    let first = 0;
    this.#log.setAttribute('aria-busy', 'true');
    this.#announce(`${request.model} answers`);
    this.changed(this);
    try {
      const body = { ...request, stream: true, stream_options: { include_usage: true } };
      const response = await ask('/v1/chat/completions', { body, signal: abort.signal });
      let isDone = false;
      for await (const data of events(response)) {
        if (data === '[DONE]') {
          isDone = true;
          break;
        }
        const chunk = JSON.parse(data);
        if (chunk.error) throw new ApiError(0, chunk.error.message ?? chunk.error, chunk.error.param, chunk.error.code);
        first ||= chunk.choices[0]?.delta ? performance.now() : 0;
        take(message, chunk);
        this.#figures(message, began, first);
        view.update(true);
        this.#follow();
      }
      if (!isDone && !abort.signal.aborted) throw new ApiError(0, 'The connection broke before the answer had ended.');
    } catch (error) {
      if (error.name === 'AbortError') {
        message.finish = 'stopped';
      } else {
        message.error = error.message;
        if (showServerError(this.#side, error)) message.error += ' (See the settings.)';
        if (!(error instanceof ApiError)) console.error(error);
      }
    }
    if (abort.signal.aborted && !message.finish) message.finish = 'stopped';
    this.#abort = null;
    byId(`${this.#side}-figures`).textContent = '';
    this.#log.removeAttribute('aria-busy');
    view.update(false);
    this.#follow();
    const isStopped = message.finish === 'stopped';
    this.#announce(message.error ? `No answer: ${message.error}` : isStopped ? 'Stopped' : 'The answer is complete');
    this.changed(this);
  }

  #figures(message, began, first) {
    const tokens = message.usage?.completion_tokens ?? message.pieces ?? 0;
    const time = (performance.now() - first) / 1000;
    const cached = message.usage?.prompt_tokens_details?.cached_tokens;
    message.figures = [
      message.usage ? `${message.usage.prompt_tokens} in${cached ? ` (${cached} cached)` : ''}` : null,
      `${tokens} out`,
      first ? `first after ${short(first - began)} ms` : null,
      first && tokens > 1 && time > 0 ? `${short((tokens - 1) / time)}/s` : null,
    ].filter(Boolean).join(' · ');
    byId(`${this.#side}-figures`).textContent = message.figures;
  }

  // Whoever reads further up is not pulled down.
  #follow() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    if (scrollHeight - scrollTop - clientHeight < 160) this.#log.scrollTop = scrollHeight;
  }

  #take(message) {
    this.#log.querySelector('.empty')?.remove();
    this.state.messages.push(message);
    const view = this.#add(message);
    this.#log.scrollTop = this.#log.scrollHeight;
    return view;
  }

  #add(message) {
    const index = this.#views.length;
    const view = messageView(message, {
      edit: text => this.#again(index, text),
      again: () => this.#again(index),
      results: results => this.#giveResults(results),
      isLast: () => index === this.state.messages.length - 1,
    });
    this.#views.push(view);
    this.#log.append(view.element);
    return view;
  }
}

/** Adds an event's piece to a message. */
function take(message, chunk) {
  if (chunk.usage) message.usage = chunk.usage;
  const choice = chunk.choices[0];
  if (!choice) return;
  const delta = choice.delta ?? {};
  if (delta.content || delta.reasoning_content || delta.tool_calls) message.pieces = (message.pieces ?? 0) + 1;
  message.content += delta.content ?? '';
  if (delta.reasoning_content) message.reasoning = (message.reasoning ?? '') + delta.reasoning_content;
  for (const call of delta.tool_calls ?? []) {
    message.tool_calls ??= [];
    const whole = message.tool_calls[call.index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } };
    whole.id += call.id ?? '';
    whole.function.name += call.function?.name ?? '';
    whole.function.arguments += call.function?.arguments ?? '';
  }
  if (choice.logprobs?.content) (message.logprobs ??= []).push(...choice.logprobs.content);
  if (choice.finish_reason) message.finish = choice.finish_reason;
}
