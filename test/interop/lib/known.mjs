/** What several peers have in common. */
export const ASCII_IDS = 'ids in ASCII: it cannot send others back'
export const POSITIONS = {
  exchanges: ['cut', 'gap'],
  set: "a channel with `positionEvent: 'position'`, and events of that type ignored: it takes a block without data for a message",
  channel: { positionEvent: 'position' },
}

/** A reader behind it does not learn that the server was lost. */
export const IDLE_TIMEOUT = {
  exchanges: ['cut', 'gap', 'ids', 'loss'],
  set: '`idleTimeout` in the client, above the heartbeat of the server: a lost server leaves the reader with an open connection',
  client: { idleTimeout: 1000 },
  server: { heartbeat: 200 },
  channel: { heartbeat: 200 },
}
export const RETRY_AFTER_IDLE = '`idleTimeout`, as for a cut: the time counts from when the client notices'

/** Readers that take a text apart at whatever Unicode calls a line end. */
export const ESCAPED = {
  exchanges: ['separators'],
  set: 'data as JSON with what is no ASCII escaped: it takes these characters for line ends',
  encode: (text) =>
    JSON.stringify(text).replaceAll(
      /[\u0080-\uFFFF]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
}

/** SDKs of models: an answer that was lost is asked for again by whoever uses them. */
export const NO_RESUME = Object.fromEntries(
  ['cut', 'retry', 'gap', 'ids'].map((exchange) => [exchange, 'it reads one answer, and knows no resume']),
)
