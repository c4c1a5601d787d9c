// What stays in memory: of events that a program keeps, and of an event that is not complete yet.
import { load } from '../lib/parsers.mjs'

export const title = 'Memory'
/** Whether it asks V8 what its heap holds. */
export const needsV8 = true
export const against = 'eventsource-parser'

const CHUNK = 64 * 1024
const filler = (size) => 'data: nobody keeps this event, it only fills the chunk\n\n'.repeat(size / 56)
const comments = (size) => `:${'.'.repeat(62)}\n`.repeat(size / 64)

const SHAPES = {
  '600 kept 18-character strings, each from a 64 KB chunk': {
    characters: 600 * 18,
    run(feed, kept) {
      for (let i = 0; i < 600; i++) {
        kept.wanted = kept.events.length
        feed(Buffer.from(`data: kept ${String(i).padStart(13, '0')}\n\n${filler(CHUNK - 40)}`))
      }
    },
  },
  'an unfinished event of 34,000 characters, 17 from each 64 KB chunk': {
    characters: 34_000,
    run(feed) {
      for (let i = 0; i < 2000; i++) feed(Buffer.from(`${comments(CHUNK - 64)}data: ${String(i).padStart(17, '0')}\n`))
    },
  },
  'an unfinished line of 34,000 characters in chunks of 1': {
    characters: 34_000,
    run(feed) {
      feed(Buffer.from('data: '))
      for (let i = 0; i < 34_000; i++) feed(Buffer.from('x'))
    },
  },
}

export function jobs() {
  return Object.keys(SHAPES).map((name) => ({ name }))
}

const LOADERS = [
  async function eventwire() {
    const { createParser } = await import('../../dist/parser/index.js')
    return { name: 'eventwire', make: (onEvent) => createParser({ onEvent }) }
  },
  async function eventsourceParser() {
    const { createParser } = await import('eventsource-parser')
    return {
      name: against,
      make(onEvent) {
        const decoder = new TextDecoder()
        const parser = createParser({ onEvent })
        return { parser, feed: (chunk) => parser.feed(decoder.decode(chunk, { stream: true })) }
      },
    }
  },
]

export async function run({ name }) {
  const { run: runShape, characters } = SHAPES[name]
  const rows = []
  for (const candidate of await load(LOADERS)) {
    if (candidate.unavailable) {
      rows.push({ name: candidate.name, failed: candidate.unavailable })
      continue
    }
    const kept = { events: [], wanted: -1 }
    let seen = 0
    const parser = candidate.make((event) => {
      // The first event of each chunk is the one that the program keeps.
      if (kept.wanted === kept.events.length) kept.events.push(event.data)
      seen++
    })
    const before = heap()
    runShape(parser.feed, kept)
    const retained = heap() - before
    rows.push({
      name: candidate.name,
      retained,
      characters,
      events: seen + kept.events.length,
      alive: typeof parser.feed,
    })
  }
  return { rows }
}

function heap() {
  for (let i = 0; i < 3; i++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

export function report(results) {
  const lines = results.flatMap(({ name: what, rows }) =>
    rows
      .filter(({ failed }) => !failed)
      .map(({ name, characters, retained }) => [what, name, characters, (retained / 2 ** 20).toFixed(2)]),
  )
  return { head: ['what stays', 'with', 'characters', 'MiB'], lines }
}
