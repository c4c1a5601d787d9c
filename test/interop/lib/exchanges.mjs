import { createHash } from 'node:crypto'
import { eventStream } from '../../../dist/server/index.js'
import { expectEqual, Mismatch, sleep, until } from './wait.mjs'
import { reason } from './reading.mjs'

// What is exchanged with each reader of our server. Each is given a scene (see scene.mjs), throws a Mismatch where the reader
// does not get what the standard says, and returns a few words where "yes" is not all there is to say.

/** Hexadecimal digits that no compression makes much smaller. */
export const noise = (length) => {
  let text = ''
  for (let n = 0; text.length < length; n++) text += createHash('sha256').update(String(n)).digest('hex')
  return text.slice(0, length)
}

export const TEXTS = {
  plain: ['one', 'two', 'three'],
  lines: ['first\nsecond\n\n  fourth\n'],
  unicode: ['Grüße, 日本語, 🎉👩‍👩‍👧, é, \uFEFF, \u00A0.', 'नमस्ते'],
  separators: ['a\u2028b\u2029c\u0085d\u000Be\u000Cf'],
  big: [`${noise(2 ** 20 - 4)}last`],
}

/** Sends texts one by one, each only after the one before it has arrived: nothing on the way may hold them back. */
const texts =
  (list, { trickle = false } = {}) =>
  async (scene) => {
    const sessions = scene.streams()
    scene.cutter.trickle = trickle
    const reading = await scene.open()
    const session = await until(() => sessions[0], 'request')
    const sent = list.map((data, n) => ({ event: n % 2 === 0 ? 'tick' : 'message', data, id: String(n + 1) }))
    scene.begin(session)
    for (const [n, message] of sent.entries()) {
      session.send(scene.message(message))
      await reading.has(n + 1)
    }
    reading.expect(sent.map((message) => scene.asRead(message)))
  }

export const EXCHANGES = {
  plain: texts(TEXTS.plain),
  lines: texts(TEXTS.lines),
  unicode: texts(TEXTS.unicode, { trickle: true }),
  separators: texts(TEXTS.separators),
  big: texts(TEXTS.big),

  async cut(scene) {
    const channel = scene.channel({ retry: 100 })
    const reading = await scene.open({ byHand: true })
    await until(() => channel.connections === 1, 'request')
    // The position that a newcomer is told arrives by itself, before the first event.
    await sleep(100)
    const sent = []
    const publish = async (data) => sent.push({ event: scene.type, data, id: await scene.publish(channel, data) })
    await publish('one')
    await publish('two')
    await reading.has(2)
    scene.cutter.arm(8192)
    await publish(noise(65_536))
    await until(() => scene.cutter.cuts > 0, 'cut')
    await publish('four')
    await reading.has(4)
    await sleep(300)
    reading.expect(sent.map((message) => scene.asRead(message)))
    const asked = scene.requests.at(-1).headers['last-event-id']
    if (!scene.peer.resumesWithout) expectEqual(asked, sent[1].id, 'Last-Event-ID')
    return reading.requestsByHand > 0 ? 'by hand' : undefined
  },

  async retry(scene) {
    const sessions = scene.streams({ retry: 500 })
    const reading = await scene.open()
    const session = await until(() => sessions[0], 'request')
    session.send(scene.message({ event: 'tick', data: 'one', id: '1' }))
    await reading.has(1)
    const cutAt = performance.now()
    scene.cutter.cut()
    await until(() => sessions.length > 1, 'second request')
    const delay = Math.round(sessions[1].at - cutAt)
    // Some draw the delay from the half of it up. The defaults of all are a second or more.
    if (delay < 230 || delay > 900) throw new Mismatch(`came back after ${delay} ms instead of 500`)
  },

  async gap(scene) {
    const channel = scene.channel({ retry: 300, history: { size: 2 } })
    const reading = await scene.open({ byHand: true })
    await until(() => channel.connections === 1, 'request')
    await sleep(100)
    await scene.publish(channel, 'one')
    await reading.has(1)
    expectEqual(reading.events[0].data, scene.asRead({ data: 'one' }).data, 'data')
    const letIn = scene.hold()
    const [first] = channel.readers
    scene.cutter.cut()
    await first.closed
    for (let n = 2; n <= 6; n++) await scene.publish(channel, `event ${n}`)
    letIn()
    await reading.has(2, 'the event that tells of the gap')
    const { event = 'reset', data } = reading.events[1]
    expectEqual(event, 'reset', 'event')
    if (!/"reason":"\w/.test(data)) throw new Mismatch(`the event that tells of the gap has ${data}`)
    await scene.publish(channel, 'seven')
    await reading.has(3)
    expectEqual(reading.events[2].data, scene.asRead({ data: 'seven' }).data, 'data')
    return reading.requestsByHand > 0 ? 'by hand' : undefined
  },

  async ids(scene) {
    const id = 'é–1'
    const sessions = scene.streams({ retry: 100 })
    const reading = await scene.open({ byHand: true })
    const session = await until(() => sessions[0], 'request')
    session.send(scene.message({ event: 'tick', data: 'one', id }))
    await reading.has(1)
    scene.cutter.cut()
    await until(
      () => sessions.length > 1,
      () => `it did not come back${reading.ended === undefined ? '' : `: ${reason(reading.ended)}`}`,
    )
    expectEqual(sessions[1].lastEventId, id, 'Last-Event-ID')
    return reading.requestsByHand > 0 ? 'by hand' : undefined
  },

  async end(scene) {
    let requests = 0
    scene.answer((req, res) => {
      if (++requests > 1) return void res.writeHead(204).end()
      eventStream(
        req,
        res,
        async function* () {
          yield* scene.whole({ event: 'tick', data: 'one', id: '1' })
        },
        scene.options({ retry: 100 }),
      )
    })
    const reading = await scene.open()
    await reading.has(1)
    await until(() => reading.ended !== undefined || requests > 2, 'end: it neither told of it nor came back')
    if (reading.ended instanceof Error) throw new Mismatch(`a clean end is an error: ${reason(reading.ended)}`)
    if (requests > 2) throw new Mismatch('comes back, also after a 204')
    return requests === 2 ? 'back' : 'ends'
  },

  async refusal(scene) {
    const channel = scene.channel({ retry: 100, maxConnections: 1 })
    const holder = await scene.open()
    await until(() => channel.connections === 1, 'request')
    const reading = await scene.open()
    await until(() => scene.requests.length > 1, 'request')
    await until(() => reading.ended !== undefined || scene.requests.length > 2, 'sign that it was refused')
    if (reading.ended !== undefined) {
      if (reading.ended instanceof Error) return 'told'
      if (reading.ended === 'end') throw new Mismatch('it takes the refusal for the end of the stream')
      throw new Mismatch(`it gives up: ${reading.ended}`)
    }
    const [first] = channel.readers
    await holder.close()
    await first.closed
    await until(() => channel.connections === 1, 'return')
    await sleep(100)
    await scene.publish(channel, 'one')
    await until(
      () => reading.events.some(({ data }) => data === scene.asRead({ data: 'one' }).data),
      'event after the return',
    )
    return 'back'
  },
}

/** What is of interest where something stands between server and client. */
export const BETWEEN_EXCHANGES = {
  async delay(scene) {
    const sessions = scene.streams()
    const reading = await scene.open()
    const session = await until(() => sessions[0], 'request')
    const delays = []
    for (let n = 1; n <= 40; n++) {
      const sent = performance.now()
      session.send(scene.message({ event: 'tick', data: String(n), id: String(n) }))
      await reading.has(n)
      delays.push(performance.now() - sent)
      await sleep(5)
    }
    // The fastest quarter: what the machine does besides is not the peer's.
    const delay = delays.toSorted((a, b) => a - b)[10]
    if (delay > 150) throw new Mismatch(`an event takes ${Math.round(delay)} ms`)
    return delay < 25 ? 'none' : `${Math.ceil(delay / 10) * 10} ms`
  },

  async loss(scene) {
    const sessions = scene.streams()
    const reading = await scene.open({ once: true })
    const session = await until(() => sessions[0], 'request')
    session.send(scene.message({ event: 'tick', data: 'one', id: '1' }))
    await reading.has(1)
    scene.cutter.arm(8192)
    session.send(scene.message({ event: 'tick', data: noise(65_536), id: '2' }))
    await until(() => reading.ended !== undefined, 'end')
    if (!(reading.ended instanceof Error)) throw new Mismatch('a lost stream looks like one that has ended')
  },
}
