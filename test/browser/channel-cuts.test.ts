import { expect, inject, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { EventSource as OurEventSource } from '../../src/eventsource/event-source.js'
import { within } from '../spec/eventsource/within.js'
import { CUTS, EVENTS } from './channel-cuts-size.js'

/** Milliseconds. A built-in class may wait half a second before each of its connections. */
const BOUND = 120_000

/** What one reader has had. */
interface Got {
  opens: number
  /** Snapshots: one for who comes without a position. */
  snapshots: number
  numbers: number[]
  /** Called at each snapshot. */
  ready(): void
}

type Read = (url: string, got: Got) => Promise<void>

const readBy =
  (EventSource: typeof globalThis.EventSource): Read =>
  (url, got) =>
    new Promise((resolve, reject) => {
      const source = new EventSource(url)
      source.addEventListener('open', () => got.opens++)
      source.addEventListener('ready', () => got.ready())
      source.addEventListener('tick', ({ data }: MessageEvent<string>) => {
        if (take(got, data)) settle()
      })
      for (const type of ['message', 'reset']) {
        source.addEventListener(type, ({ data }: MessageEvent<string>) => settle(`got ${type} ${data}`))
      }
      source.addEventListener('error', () => {
        if (source.readyState === source.CLOSED) settle('gave up')
      })
      const settle = (problem?: string): void => {
        source.close()
        if (problem === undefined) resolve()
        else reject(new Error(problem))
      }
    })

const readByConnect: Read = async (url, got) => {
  for await (const { event, raw } of connect(url, { onOpen: () => void got.opens++ })) {
    if (event === 'ready') got.ready()
    else if (event !== 'tick') throw new Error(`got ${event} ${raw}`)
    else if (take(got, raw)) break
  }
}

/** Tells whether it was the last one. */
function take({ numbers }: Got, data: string): boolean {
  const { n } = JSON.parse(data) as { n: number }
  numbers.push(n)
  return n === EVENTS
}

const readers: [string, Read][] = [
  ['built-in', readBy(globalThis.EventSource)],
  ['another built-in', readBy(globalThis.EventSource)],
  ['our EventSource', readBy(OurEventSource)],
  ['connect()', readByConnect],
]

it(
  `each reader of a channel, cut ${CUTS} times, within events too, gets ${EVENTS} events once and in order`,
  { timeout: BOUND + 10_000 },
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000)
    const run = `${inject('cutsUrl')}?run=${seed}`
    let missing = readers.length
    const expected = Array.from({ length: EVENTS }, (_, i) => i + 1)
    await Promise.all(
      readers.map(async ([name, read], index) => {
        const got: Got = {
          opens: 0,
          snapshots: 0,
          numbers: [],
          ready() {
            if (this.snapshots++ === 0 && --missing === 0) void fetch(`${run}&go`)
          },
        }
        const url = `${run}&client=${seed}_${index}`
        try {
          await within('the last event', read(url, got), BOUND)
          expect(got.numbers).toEqual(expected)
          expect(got.snapshots).toBe(1)
          expect(got.opens).toBeGreaterThan(CUTS)
        } catch (error) {
          const { opens, numbers } = got
          const seen = `${numbers.length} events, the last ${numbers.at(-1)}, over ${opens} connections`
          throw new Error(`${name}, seed ${seed}, with ${seen}`, { cause: error })
        }
      }),
    )
  },
)
