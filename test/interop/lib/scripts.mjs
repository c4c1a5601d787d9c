import { noise, TEXTS } from './exchanges.mjs'

const messages = (list) =>
  list.map((data, n) => ({ ...(n % 2 === 0 ? { event: 'tick' } : {}), data, id: String(n + 1) }))

/**
 * What each server sends under `/NAME`, whatever it is written with: the messages after the number in Last-Event-ID, each with its
 * `event`, `data` and `id`, before them the reconnection time `retry` in milliseconds. Then it holds the stream open or, with `end`,
 * ends it, and answers 204 where no message is left. With `refuse` the first request gets 503 and `Retry-After: 1`.
 */
export const SCRIPTS = {
  plain: { messages: messages(TEXTS.plain) },
  lines: { messages: messages(TEXTS.lines) },
  unicode: { messages: messages(TEXTS.unicode) },
  separators: { messages: messages(TEXTS.separators) },
  big: { messages: messages(TEXTS.big) },
  cut: { messages: messages(['one', 'two', noise(65_536), 'four']) },
  retry: { messages: messages(['one']), retry: 500 },
  end: { messages: messages(['one']), end: true },
  refusal: { messages: messages(['one']), refuse: true },
}

/** What the next request of a script gets. Servers in JavaScript share it; those in other languages do the same. */
export function createPlan(scripts = SCRIPTS) {
  const refused = new Set()
  return (name, lastEventId) => {
    const { messages: all, retry, end = false, refuse = false } = scripts[name]
    if (refuse && !refused.has(name)) {
      refused.add(name)
      return { status: 503, headers: { 'retry-after': '1' } }
    }
    const left = all.slice(Number(lastEventId) || 0)
    return end && left.length === 0 ? { status: 204 } : { status: 200, messages: left, retry, end }
  }
}
