import { createChannel, eventStream } from '../../../dist/server/index.js'
import { Reading } from './reading.mjs'

/**
 * One exchange with one reader: what the server answers, what the messages look like to this peer, and the readings that were
 * opened. `setting` is what the table says has to be set for this exchange, if anything.
 */
export class Scene {
  #stage
  #readings = []
  #channels = []
  #held

  constructor(peer, stage, setting = {}) {
    this.peer = peer
    this.#stage = stage
    this.setting = setting
    this.dialect = peer.dialect ?? {}
    this.type = this.dialect.type ?? 'tick'
  }

  get cutter() {
    return this.#stage.cutter
  }

  get requests() {
    return this.#stage.requests
  }

  answer(handler) {
    const { before } = this.peer
    this.#stage.answer = before ? (req, res) => before(req, res, () => handler(req, res)) : handler
  }

  options(own) {
    return { ...own, ...this.peer.server, ...this.setting.server }
  }

  /** Answers each request with a session of ours that stays open; they are in the array that it gives. */
  streams(own = {}) {
    const sessions = []
    this.answer((req, res) => {
      const at = performance.now()
      eventStream(req, res, (session) => void sessions.push(Object.assign(session, { at })), this.options(own))
    })
    return sessions
  }

  channel(own) {
    const { encode = (data) => data } = this.setting
    const channel = createChannel({
      ...own,
      ...this.peer.channel,
      ...this.setting.channel,
      serialize: (data) => (typeof data === 'string' ? encode(data) : JSON.stringify(data)),
    })
    this.#channels.push(channel)
    this.answer(async (req, res) => {
      await this.#held
      void channel.node(req, res)
    })
    return channel
  }

  /** Makes requests wait until the function that it gives is called. */
  hold() {
    let release
    this.#held = new Promise((resolve) => (release = resolve))
    return release
  }

  /** Gives the id. */
  publish(channel, text) {
    return channel.publish(this.type, this.message({ data: text }).data)
  }

  /** A message that means this text to the peer. */
  message({ event, data, id }) {
    if (this.dialect.message) return this.dialect.message(data, id)
    return { event, data: this.setting.encode?.(data) ?? data, id }
  }

  begin(session) {
    for (const message of this.dialect.begin ?? []) session.send(message)
  }

  /** An answer that is whole with this one message. */
  *whole(message) {
    yield* this.dialect.begin ?? []
    yield this.message(message)
    yield* this.dialect.end ?? []
  }

  /** What the reader should tell of a message. Dialects carry the text alone. */
  asRead({ event, data, id }) {
    if (this.setting.encode) return { event, data: this.setting.encode(data), id }
    return this.dialect.message ? { data } : { event, data, id }
  }

  async open({ byHand = false, once = false } = {}) {
    const reading = new Reading(this.peer, `${this.#stage.url}/events`, {
      byHand: byHand && this.peer.byHand,
      once,
      setting: this.setting,
    })
    this.#readings.push(reading)
    await reading.open()
    return reading
  }

  async close() {
    await Promise.all(this.#readings.map((reading) => reading.close()))
    await Promise.all(this.#channels.map((channel) => channel.close()))
  }
}
