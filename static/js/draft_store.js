// What this browser keeps of a scorecard until the server has it: each window its own copy, under its writer's id. IndexedDB
// hands it to the system at once; localStorage would reach the disk only seconds later, and be lost with a killed browser.
const NAME = "drafts";
const STORE = "copies";
const DAYS = 30;
const window_ = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

let connection = null;
let next = null;
let writing = false;
let place = null;

function open() {
  connection ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      request.result.onclose = () => (connection = null);
      resolve(request.result);
    };
  });
  return connection;
}

// Full or forbidden: nothing is kept here, and the text still stands in the page.
async function act(mode, work) {
  try {
    const database = await open();
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    connection = null;
    return undefined;
  }
}

// A lock is held as long as the window lives, so that no other takes its copy for one that was left behind.
export function begin(writer, scorecard) {
  place = [writer, scorecard];
  navigator.locks?.request(`draft ${window_}`, () => new Promise(() => {}));
}

export async function keep(copy) {
  next = { ...copy, at: Date.now() };
  if (writing) return;
  writing = true;
  while (next) {
    const now = next;
    next = null;
    await act("readwrite", (store) => store.put(now, [...place, window_]));
  }
  writing = false;
}

export async function forget(key = [...place, window_]) {
  if (key.at(-1) === window_) next = null;
  await act("readwrite", (store) => store.delete(key));
}

const allOf = (...start) => IDBKeyRange.bound(start, [...start, []]);

// The newest copy that a window left behind which is gone by now.
export async function leftBehind() {
  const found = await Promise.all([
    act("readonly", (store) => store.getAllKeys(allOf(...place))),
    act("readonly", (store) => store.getAll(allOf(...place))),
    navigator.locks?.query(),
  ]);
  const [keys, copies, locks] = found;
  const alive = new Set((locks?.held ?? []).map((lock) => lock.name));
  const dead = (copies ?? []).map((copy, n) => ({ ...copy, key: keys[n] })).filter(({ key }) => !alive.has(`draft ${key.at(-1)}`));
  return dead.sort((one, other) => other.at - one.at)[0] ?? null;
}

// When a scorecard is sealed, or not its writer's any more, nothing of it stays here; nor does what is too old.
export function clear(writer, scorecard) {
  return act("readwrite", (store) => store.delete(allOf(writer, scorecard)));
}

export function clearOld() {
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
  return act("readwrite", (store) => {
    const cursor = store.openCursor();
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      if (cursor.result.value.at < oldest) cursor.result.delete();
      cursor.result.continue();
    };
    return cursor;
  });
}
