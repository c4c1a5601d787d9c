/** Whose `EventSource` a test is about. */
export type SubjectName = 'ours' | 'chromium' | 'firefox' | 'node'

/** Where a test runs. */
export type HostName = 'node' | 'bun' | 'deno' | 'workerd' | 'chromium' | 'firefox' | 'webkit'

type Where = SubjectName | `ours in ${HostName}`

interface Difference extends Partial<Record<Where, string>> {
  /** What the standard says. */
  standard: string
}

function list<T extends Record<string, Difference>>(differences: T): { [K in keyof T]: Difference } {
  return differences
}

/**
 * Each way in which an implementation departs from the standard. A test names the entry it proves, and fails
 * when an implementation that is listed behaves by now, or one that is not listed does not. docs/eventsource.md shows it.
 */
export const DIFFERENCES = list({
  trusted: {
    standard: 'Events are trusted: `isTrusted` is true.',
    ours: 'It is false, as for all events that a script dispatches.',
    node: 'It is false.',
  },
  jobsBetweenListeners: {
    standard: 'Promise jobs run between two listeners of one event.',
    ours: 'They run after the last listener, as for all events that a script dispatches.',
    node: 'They run after the last listener.',
  },
  eventIsTask: {
    standard: 'Each event is a task: who awaits one event and then listens for the next misses none.',
    'ours in workerd': 'Events that arrive together are dispatched in one go: a task costs over a millisecond there.',
    node: 'Events that arrive together are dispatched in one go: all but the first are missed.',
  },
  openIsTask: {
    standard: 'Who awaits `open` and then listens misses no message.',
    node: 'What arrived with the head is missed.',
  },
  closeInListener: {
    standard: 'After `close()` nothing is dispatched.',
    node: 'Events that arrived with the last one are.',
  },
  closeAtOnce: {
    standard: 'After a `close()` right behind the constructor nothing is dispatched.',
    node: 'An error is.',
  },
  handlerPlace: {
    standard: 'An event handler keeps its place among the listeners while it changes.',
    'ours in workerd': 'It comes first: the host calls it.',
    node: 'It goes to the end.',
  },
  nullHandler: {
    standard: 'With null a handler loses its place.',
    'ours in workerd': 'It comes first again.',
  },
  handlerAndListener: {
    standard: 'A function that is a handler and a listener is called twice.',
    node: 'It is called once.',
  },
  handlerThis: {
    standard: 'A handler is called with the source as `this`.',
    'ours in workerd': 'There is no `this`: the host calls it.',
  },
  handlerReturn: {
    standard: 'A handler that returns false cancels an event that can be cancelled.',
    'ours in workerd': 'It does not.',
    node: 'It does not.',
  },
  classString: {
    standard: 'Its class string is `EventSource`.',
    node: 'It is `EventTarget`.',
  },
  dataUrl: {
    standard: 'A `data:` URL of the right type opens.',
    ours: 'It closes with an error: `http:` and `https:` alone open.',
    firefox: 'It closes with an error.',
  },
  otherSchemes: {
    standard: 'A URL that `fetch` cannot take gives one error and closes.',
    node: 'It is tried again for ever.',
  },
  spaceInHost: {
    standard: 'A URL with a space in its host is a `SyntaxError`.',
    chromium: 'It is encoded.',
  },
  user: {
    standard: 'User and password of the URL are sent to a server that asks for them.',
    chromium: 'Such a URL closes with an error.',
    node: 'They are sent still percent-encoded.',
  },
  pastCaches: {
    standard: 'It asks past all caches, and says so to the server.',
    'ours in bun': 'It does not say so: `fetch` knows no `cache` there.',
    'ours in deno': 'It does not say so: `fetch` knows no `cache` there.',
  },
  idBytes: {
    standard: 'An id beyond ASCII is sent as its UTF-8 bytes.',
    'ours in webkit': '`fetch` of WebKitGTK encodes the bytes once more.',
  },
  openAtHead: {
    standard: 'It opens with the head of the answer.',
    'ours in firefox': 'It opens with the first byte of the body, as `fetch` does there.',
    firefox: 'It opens with the first byte of the body.',
  },
  unreachable: {
    standard: 'A server that cannot be reached is asked again, unless that is futile.',
    firefox: 'The first failure closes.',
  },
  status401: {
    standard: 'Status 401 closes.',
    node: 'It is asked for once more.',
  },
  typeList: {
    standard: 'Of several types the last counts.',
    node: 'They close.',
  },
  charset: {
    standard: 'The charset of the type changes nothing.',
    chromium: 'Another one than UTF-8 closes.',
  },
  typeWithSpace: {
    standard: 'A type with a space in it is no type: it closes.',
    chromium: 'The type ends at the space.',
    firefox: 'The type ends at the space.',
  },
  afterRedirect: {
    standard: 'The next attempt starts from where the redirects led to.',
    ours: 'It starts from the first URL: what was redirected for a while is found again.',
    firefox: 'It starts from the first URL.',
  },
  releaseAfterRedirect: {
    standard: '`close()` releases the connection.',
    'ours in firefox': 'If it was redirected, the browser keeps it until the next byte comes.',
  },
  idWithoutData: {
    standard: 'An `id` in a block without data counts.',
    firefox: 'It does not.',
  },
  eventWithNulId: {
    standard: 'An `id` with NUL is ignored, and its event comes.',
    firefox: 'The event does not come.',
  },
  emptyType: {
    standard: 'An empty `event` field resets the type.',
    node: 'It changes nothing.',
  },
  nulInData: {
    standard: 'A NUL is a character like any other in data.',
    firefox: 'It may be lost.',
  },
  nulInRetry: {
    standard: 'A `retry` with NUL changes nothing.',
    firefox: 'The rest of its block is lost.',
  },
  emptyRetry: {
    standard: 'An empty `retry` changes nothing.',
    chromium: 'It sets the time back to 3 seconds.',
    firefox: 'It sets the time to the shortest, 500 ms.',
  },
  retryAtOnce: {
    standard: 'A `retry` counts at the end of its line.',
    node: 'It counts at the end of its block.',
  },
  hugeRetry: {
    standard: 'A `retry` of more than 2^31 - 1 ms is a long wait.',
    node: 'It is none at all.',
  },
  endlessRetry: {
    standard: 'A `retry` of 400 digits is a long wait.',
    firefox: 'It is the shortest, 500 ms.',
    node: 'It is none at all.',
  },
  refusal: {
    standard: 'An answer that CORS forbids to read may close at once: to ask again is futile.',
    ours: 'It is asked for again: `fetch` does not tell it from a lost connection.',
  },
  preflight: {
    standard: 'The reconnect to another origin takes no preflight.',
    ours: 'It takes one, for the `Last-Event-ID` header: the server must allow it.',
  },
})

export type DifferenceId = keyof typeof DIFFERENCES
