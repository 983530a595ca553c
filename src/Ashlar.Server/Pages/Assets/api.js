// Asks the server, with the key of this tab where one is needed.
import { byId } from './dom.js';

const keyName = 'ashlar.key';
let asking = null;

/** What the server has said of a request that failed. */
export class ApiError extends Error {
  constructor(status, message, param, code) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
  }
}

/** Asks; where a key is missing or wrong, asks the person for one and tries again. */
export async function ask(path, { body, signal } = {}) {
  for (;;) {
    const key = sessionStorage.getItem(keyName);
    const headers = {};
    if (key) headers.Authorization = `Bearer ${key}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(path, {
        method: body === undefined ? 'GET' : 'POST', headers, signal, cache: 'no-store', redirect: 'error',
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ApiError(0, 'The server does not answer. Is it still running?');
    }
    if (response.ok) {
      if (key) byId('key-button').hidden = false;
      return response;
    }
    if (response.status !== 401 || !(await askForKey(key))) throw await errorOf(response);
  }
}

async function errorOf(response) {
  try {
    const { error } = await response.json();
    if (typeof error === 'string') return new ApiError(response.status, error);
    return new ApiError(response.status, error.message, error.param, error.code);
  } catch {
    return new ApiError(response.status, `The server answered with status ${response.status}.`);
  }
}

/** Whether the person gave a key. All that wait for one wait for the same question. */
function askForKey(refused) {
  if (sessionStorage.getItem(keyName) !== refused) return Promise.resolve(true); // given meanwhile
  asking ??= new Promise(resolve => {
    const [dialog, form, input] = [byId('key-dialog'), byId('key-form'), byId('key-input')];
    byId('key-reason').textContent = refused
      ? 'The server does not know this key. Check it.'
      : 'This server asks for a key. It stays in this tab until it is closed.';
    input.value = '';
    let given = false;
    form.onsubmit = () => {
      given = input.value.trim() !== '';
      if (given) sessionStorage.setItem(keyName, input.value.trim());
    };
    byId('key-cancel').onclick = () => dialog.close();
    dialog.addEventListener('close', () => {
      asking = null;
      byId('key-button').hidden = false;
      resolve(given);
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

byId('key-button').addEventListener('click', () => {
  askForKey(sessionStorage.getItem(keyName)).then(given => given && location.reload());
});

/** The data of server-sent events, as they come. Ends where the response does. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(error => {
        throw error.name === 'AbortError' ? error : new ApiError(0, 'The connection broke before the answer had ended.');
      });
      if (done) return;
      text += value;
      const parts = text.split('\n\n');
      text = parts.pop();
      for (const part of parts) {
        const data = part.split('\n').filter(line => line.startsWith('data:')).map(line => line.slice(5).trimStart());
        if (data.length > 0) yield data.join('\n');
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export const keyIsSet = () => sessionStorage.getItem(keyName) !== null;
