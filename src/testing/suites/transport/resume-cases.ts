import { createChannel } from '../../../server/channel/create-channel.js'
import { createParser } from '../../../parser/create-parser.js'
import { expectSame, expectThat } from '../suite.js'
import {
  message,
  numbersOf,
  publishHeard,
  publishMany,
  range,
  readAll,
  needing,
  transportCase,
  type TransportTrial,
} from './transport-trial.js'
import type { Transport } from '../../../server/channel/transport.js'

/** Bytes of a page, at most: some 64 KiB are asked for. */
const LARGEST_PAGE = 256 * 1024

const HOSTILE = [
  '',
  ' ',
  'x',
  '-',
  '0',
  '-1',
  '1-',
  '0-0-0',
  '99999999999999999999',
  '18446744073709551615-18446744073709551615',
  'NaN',
  'Infinity',
  '1e3',
  '0x1',
  '__proto__',
  'constructor',
  'null',
  '\0',
  'a\nb',
  '%00',
  "'; DROP TABLE x",
  '$',
  '+',
  '*',
  '💥',
  '\ud800',
  'x'.repeat(256),
  '9'.repeat(256),
]

/** What a reader may make of an id that it was given. */
function forgeriesOf(id: string): string[] {
  return [
    `${id}x`,
    `x${id}`,
    ` ${id}`,
    `${id} `,
    `${id}\n`,
    `${id}0000000000000000`,
    id.slice(0, -1),
    id.toUpperCase() === id ? `${id}-0` : id.toUpperCase(),
    id.replace(/\d+$/, '99999999999999999999'),
    id.replace(/\d/g, '9'),
    id.replace(/\d+$/, '-1'),
    id.replace(/\d+$/, '1.5'),
  ].filter((text) => text !== id)
}

export const RESUME = [
  transportCase(
    'resume: at every position, exactly what follows',
    'range gives the entries after one place, up to and including another.',
    async (trial) => {
      const { transport, start, ids: published } = await trial.filled(12)
      const ids = [start, ...published]
      for (const [from, after] of ids.entries()) {
        expectSame(`has position ${from}`, await transport.has(after), true)
        for (let to = from + 1; to < ids.length; to++) {
          const entries = await readAll(trial, transport, [after, ids[to]!])
          expectSame(`from ${from} to ${to}`, entries && numbersOf(entries), range(from + 1, to - from))
        }
      }
    },
  ),
  transportCase(
    'resume: at once from what was delivered lately',
    'has and range answer without a promise from what this process holds.',
    async (trial) => {
      const { transport, start, ids } = await trial.filled(10)
      expectSame('has, without a wait', transport.has(ids[3]!), true)
      for (const after of [start, ids[3]!]) {
        const page = transport.range(after, ids[9]!)
        expectThat(page !== undefined && 'position' in page, `range after ${after} gives a promise`)
        expectSame('its end', page.position, ids[9])
      }
    },
  ),
  transportCase('resume: in pages', 'A page has some 64 KiB; the rest comes at the next call.', async (trial) => {
    const { transport, heard, start } = await trial.start()
    const pad = 'x'.repeat(4000)
    for (let n = 1; n <= 100; n++) await transport.publish({ event: 'e', data: JSON.stringify({ n, pad }), json: true })
    await heard.until('100 entries', () => heard.entries.length >= 100)
    const last = heard.ids.at(-1)!
    const first = (await transport.range(start, last))!
    const bytes = first.entries.reduce((sum, { wire }) => sum + wire.byteLength, 0)
    expectThat(bytes <= LARGEST_PAGE, `a page has ${bytes} bytes`)
    const entries = await readAll(trial, transport, [start, last])
    expectSame('all pages', entries && numbersOf(entries), range(1, 100))
  }),
  transportCase(
    'resume: by a reader that is cut again and again',
    'A reader gets every event once and in order, however often its connection is cut.',
    async (trial) => {
      const transport = await trial.open()
      const channel = createChannel({ transport, heartbeat: 0, onError() {} })
      const reader = new Reader()
      // From the start, before anything is there.
      await trial.soon('a position', reader.read(channel, 0))
      const got: number[] = []
      let sent = 0
      while (got.length < 40) {
        for (let count = 0; count < 3 && sent < 40; count++) await channel.publish('e', { n: ++sent })
        const data = await trial.soon(`event ${got.length + 1}`, reader.read(channel, Math.min(2, 40 - got.length)))
        for (const text of data) got.push((JSON.parse(text) as { n: number }).n)
      }
      await channel.close()
      expectSame('the events', got, range(1, 40))
    },
  ),
  transportCase(
    'hostile ids: never had',
    'An id is any text of up to 256 characters. has is never true in doubt, and compare is NaN for what is no place.',
    async (trial) => {
      const {
        transport,
        heard,
        start,
        ids: [first],
      } = await trial.filled(5)
      for (const id of [...HOSTILE, ...forgeriesOf(first!), ...forgeriesOf(start)]) {
        if (heard.ids.includes(id) || id === start) continue
        const held = await trial.soon(`has ${JSON.stringify(id)}`, transport.has(id))
        expectThat(
          held === 'expired' || held === 'epoch' || held === 'unknown',
          `has(${JSON.stringify(id)}) is ${JSON.stringify(held)}`,
        )
      }
      for (const id of HOSTILE) {
        const order = transport.compare(id, start)
        expectThat(!(order > 0), `${JSON.stringify(id)} counts as a place that is yet to come`)
      }
    },
  ),
  transportCase(
    'topics: nothing for the reader is skipped',
    'With topics, has and range may leave out what is for others, and nothing else.',
    async (trial) => {
      const limits = { size: 8, maxAge: 600_000, maxBytes: 8 * 1024 * 1024, perTopic: 4 }
      const subscribed = await trial.start(limits)
      const { transport, start } = subscribed
      const topicOf = (n: number): string | undefined => (n % 10 === 0 ? undefined : n % 3 === 0 ? 'quiet' : 'busy')
      const messages = range(1, 30).map((n) => message(n, { topic: topicOf(n) }))
      const ids = [start, ...(await publishHeard(subscribed, messages))]
      const topics = new Set(['quiet'])
      for (const [from, id] of ids.entries()) {
        if ((await transport.has(id, topics)) !== true || from === 30) continue
        const entries = await readAll(trial, transport, [id, ids[30]!, topics])
        if (!entries) continue
        const wanted = range(from + 1, 30 - from).filter((n) => n % 10 === 0 || n % 3 === 0)
        const own = entries.filter(({ topic }) => topic === undefined || topic === 'quiet')
        expectSame(`after ${from}`, numbersOf(own), wanted)
      }
    },
  ),
  needing(
    ['reopen'],
    transportCase(
      'restart: resumes at every position from before it',
      'An id from before a restart resumes exactly.',
      async (trial) => {
        const { transport: before, start, heard } = await trial.start()
        const ids = [start, ...(await publishMany(before, 1, 6))]
        await heard.until('6 entries', () => heard.entries.length >= 6)
        await before.close()
        const after = await reopened(trial, before)
        try {
          const last = await after.publish(message(7))
          for (const [from, id] of ids.entries()) {
            expectSame(`has position ${from}`, await after.has(id), true)
            const entries = await readAll(trial, after, [id, last])
            expectSame(`after ${from}`, entries && numbersOf(entries), range(from + 1, 7 - from))
          }
        } finally {
          await after.close()
        }
      },
    ),
  ),
]

async function reopened(trial: TransportTrial, before: Transport): Promise<Transport> {
  const limits = { size: 10_000, maxAge: 600_000, maxBytes: 8 * 1024 * 1024 }
  const after = await trial.adapter.reopen!(before, limits)
  after.prepare?.(limits)
  await trial.subscribe(after, limits)
  return after
}

/** A reader of a channel that leaves after some events, and comes back where it was. */
export class Reader {
  lastEventId = ''

  /** Gives the data of so many events; with 0 it waits for a position. Gap events are given as they come. */
  async read(channel: { fetch(request: Request): Promise<Response> }, count: number): Promise<string[]> {
    const headers: Record<string, string> = this.lastEventId === '' ? {} : { 'last-event-id': this.lastEventId }
    const response = await channel.fetch(new Request('http://localhost/', { headers }))
    const data: string[] = []
    const parser = createParser({
      lastEventId: this.lastEventId,
      onId: (id) => {
        if (count === 0) this.lastEventId = id
      },
      onEvent: (event) => {
        if (data.length === count) return
        data.push(event.event === 'reset' ? JSON.stringify({ n: `gap: ${event.data}` }) : event.data)
        this.lastEventId = event.id
      },
    })
    const body = response.body!.getReader()
    while (count === 0 ? this.lastEventId === '' : data.length < count) {
      const { done, value } = await body.read()
      if (done) break
      parser.feed(value as Uint8Array)
    }
    await body.cancel()
    return data
  }
}
