import { expectEqual, sleep, until } from './wait.mjs'

/** The event types that exchanges use; readers that have to name what they listen to name these. */
export const TYPES = ['message', 'tick', 'reset']

/** The type of the events that tell a position alone, where a channel is set to give them. */
export const POSITION = 'position'

/** What one reader of a peer got, over all its connections. Whoever opened it closes it. */
export class Reading {
  events = []
  /** How the peer told that it will not read on: a text or an error. */
  ended
  requestsByHand = 0
  #handle
  #closed = false

  constructor(peer, url, { byHand, once, setting }) {
    this.once = once
    this.peer = peer
    this.url = url
    this.byHand = byHand
    this.setting = setting
  }

  async open(lastEventId) {
    this.ended = undefined
    this.#handle = await this.peer.read(this.url, {
      types: TYPES,
      lastEventId,
      once: this.once,
      setting: this.setting,
      // Where a channel gives a position as an event, it is no message.
      onEvent: (event) => this.#closed || event.event === POSITION || this.events.push(event),
      onEnd: (why) => this.#over(why),
    })
  }

  /** A reader that does not come back by itself is opened again where it stopped, as its user would. */
  #over(why) {
    this.ended ??= why
    if (this.#closed || !this.byHand) return
    const last = this.events.findLast(({ id }) => id !== undefined && id !== '')
    void sleep(50).then(() => {
      if (this.#closed) return
      this.requestsByHand++
      void this.open(last?.id)
    })
  }

  async has(count, what = `event ${count}`) {
    await until(
      () => this.events.length >= count,
      () => {
        const why = this.ended === undefined ? '' : `; it ended: ${reason(this.ended)}`
        return `${what} did not arrive (${this.events.length} did)${why}`
      },
    )
  }

  /** That exactly these came, in this order. What a peer does not tell of an event is not compared. */
  expect(expected) {
    expectEqual(
      this.events.map(({ data }) => data),
      expected.map(({ data }) => data),
      'data',
    )
    for (const field of ['event', 'id']) {
      const told = this.events.map((event) => event[field])
      const wanted = expected.map((event, n) => (told[n] === undefined ? undefined : event[field]))
      expectEqual(told, wanted, field)
    }
  }

  async close() {
    this.#closed = true
    await this.#handle?.close()
  }
}

export const reason = (why) => {
  if (!(why instanceof Error)) return String(why)
  const cause = why.cause instanceof Error ? ` (${why.cause.message})` : ''
  return `${why.message}${cause}`.split('\n').at(-1)
}
