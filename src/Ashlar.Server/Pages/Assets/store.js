// Conversations, kept in this browser alone.
const prefix = 'ashlar.conversation.';
const most = 50;
const current = 'ashlar.current';

const emptySide = () => ({ model: '', settings: {}, messages: [] });
const fresh = () => ({
  id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, title: '', changed: Date.now(), compare: false,
  sides: { a: emptySide(), b: emptySide() },
});

/** All that are kept, those that changed last first. */
export function list() {
  const found = [];
  for (let i = 0; i < localStorage.length; i++) {
    const name = localStorage.key(i);
    if (!name.startsWith(prefix)) continue;
    const conversation = read(name.slice(prefix.length));
    if (conversation) found.push(conversation);
  }
  return found.sort((x, y) => y.changed - x.changed);
}

/** One of them; null where it is not there, or not what this version writes. */
export function read(id) {
  try {
    const conversation = JSON.parse(localStorage.getItem(prefix + id));
    const isWhole = ['a', 'b'].every(side => Array.isArray(conversation.sides[side].messages));
    return isWhole ? conversation : null;
  } catch {
    return null;
  }
}

/** The one that this tab shows; in a new tab, the last one that changed. */
export function open() {
  return read(sessionStorage.getItem(current)) ?? list()[0] ?? fresh();
}

/** An empty one with the settings of another. */
export function create(like) {
  const made = fresh();
  made.compare = like.compare;
  for (const side of ['a', 'b']) {
    made.sides[side].model = like.sides[side].model;
    made.sides[side].settings = like.sides[side].settings;
  }
  return made;
}

export function save(conversation) {
  conversation.changed = Date.now();
  remember(conversation);
  const text = JSON.stringify(conversation);
  for (const old of [null, ...list().reverse()]) {
    if (old && old.id !== conversation.id) localStorage.removeItem(prefix + old.id);
    try {
      localStorage.setItem(prefix + conversation.id, text);
      break;
    } catch { /* There is no room; the oldest goes. */ }
  }
  for (const old of list().slice(most)) localStorage.removeItem(prefix + old.id);
}

export const remember = conversation => sessionStorage.setItem(current, conversation.id);

export const remove = id => localStorage.removeItem(prefix + id);

/** Calls where another tab changes what this one shows. */
export function watch(idOf, changed) {
  addEventListener('storage', event => {
    if (event.key === prefix + idOf() && event.newValue !== null) changed();
  });
}
