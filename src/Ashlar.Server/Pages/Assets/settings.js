// A side's form, and the part of a request that it stands for.
import { byId } from './dom.js';
import { faultOf } from './json.js';

/** A form's fields as they are typed, by name. */
export function readForm(side) {
  const values = {};
  for (const input of fieldsOf(side)) {
    const value = input.type === 'checkbox' ? input.checked : input.value;
    if (value !== '' && value !== false && value !== defaultOf(input)) values[input.dataset.field] = value;
  }
  return values;
}

/** Puts typed values back. */
export function writeForm(side, values) {
  for (const input of fieldsOf(side)) {
    const value = values?.[input.dataset.field];
    if (input.type === 'checkbox') input.checked = value === true;
    else input.value = typeof value === 'string' ? value : defaultOf(input);
  }
  showWhen(side);
}

const defaultOf = input => input instanceof HTMLSelectElement ? input.options[0].value : '';
const formOf = side => byId(`${side}-settings`);
const fieldsOf = side => formOf(side).querySelectorAll('[data-field]');
const fieldOf = (side, name) => formOf(side).querySelector(`[data-field="${name}"]`);

/** Shows what belongs to the format that is chosen, and nothing else. */
export function showWhen(side) {
  const format = fieldOf(side, 'format').value;
  for (const part of formOf(side).querySelectorAll('[data-when]')) part.hidden = part.dataset.when !== format;
}

/** Tells of an error where it is; an empty message takes it away. */
export function showError(side, name, message) {
  const input = fieldOf(side, name);
  const place = input && byId(`${input.id}-error`);
  if (!place) return false;
  place.textContent = message;
  if (message) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
  return true;
}

export function clearErrors(side) {
  for (const input of fieldsOf(side)) showError(side, input.dataset.field, '');
}

/** Checks a field; tells of what is wrong. */
export function check(side, input) {
  const message = problemOf(input);
  showError(side, input.dataset.field, message);
  return message === '';
}

function problemOf(input) {
  if (input.type === 'number') {
    const { validity } = input;
    if (validity.badInput) return 'This is no number.';
    if (validity.rangeUnderflow || validity.rangeOverflow) return `From ${input.min || '…'} to ${input.max || '…'}.`;
    if (input.step === '1' && input.value !== '' && !Number.isInteger(Number(input.value))) return 'A whole number.';
    return '';
  }
  if (!input.dataset.json || input.value.trim() === '') return '';
  const fault = faultOf(input.value);
  if (fault) return `Line ${fault.line}, column ${fault.column}: ${fault.reason}.`;
  const value = JSON.parse(input.value);
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (kind === input.dataset.json) return '';
  return input.dataset.json === 'array' ? 'This must be a list: [ … ].' : 'This must be an object: { … }.';
}

/** The request that a form stands for, but for model and messages; null where something in it is wrong, which is then told. */
export function requestOf(side) {
  clearErrors(side);
  let wrong = null;
  for (const input of fieldsOf(side)) {
    const isAsked = !input.closest('[data-when]')?.hidden;
    if (isAsked && !check(side, input)) wrong ??= input;
  }
  const value = name => fieldOf(side, name);
  if (!wrong && value('format').value === 'json_schema' && value('schema').value.trim() === '') {
    showError(side, 'schema', 'A schema is missing; {} is any JSON.');
    wrong = value('schema');
  }
  if (wrong) {
    wrong.closest('details')?.setAttribute('open', '');
    wrong.focus();
    return null;
  }

  const request = {};
  for (const input of formOf(side).querySelectorAll('input[type="number"]')) {
    if (input.value !== '' && input.dataset.field !== 'top_logprobs') request[input.dataset.field] = Number(input.value);
  }
  if (value('logprobs').checked) {
    request.logprobs = true;
    request.top_logprobs = value('top_logprobs').value === '' ? 5 : Number(value('top_logprobs').value);
  }
  if (value('ignore_eos').checked) request.ignore_eos = true;
  const stops = value('stop').value.split('\n').filter(line => line !== '');
  if (stops.length > 0) request.stop = stops.map(line => line.replaceAll('\\n', '\n'));
  for (const name of ['logit_bias', 'tools']) {
    if (value(name).value.trim() !== '') request[name] = JSON.parse(value(name).value);
  }
  if (request.tools?.length === 0) delete request.tools;
  for (const name of ['tool_choice', 'reasoning_effort']) {
    if (value(name).value !== '' && (name !== 'tool_choice' || request.tools)) request[name] = value(name).value;
  }
  const format = value('format').value;
  if (format === 'json_object') request.response_format = { type: format };
  if (format === 'json_schema') {
    const schema = JSON.parse(value('schema').value);
    request.response_format = { type: format, json_schema: { name: 'answer', schema, strict: true } };
  }
  return request;
}

/** Tells of what the server finds wrong, at its field if there is one here. */
export function showServerError(side, error) {
  const first = /^[a-z_]+/.exec(error.param ?? '')?.[0];
  const isSchema = /^response_format/.test(error.param ?? '') || error.code === 'invalid_grammar';
  const format = fieldOf(side, 'format').value;
  const name = !isSchema ? first : format === 'json_schema' ? 'schema' : 'format';
  return name ? showError(side, name, error.message) : false;
}
