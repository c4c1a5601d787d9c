// Encoders over messages as servers send them.
import { measure, touch } from '../lib/measure.mjs'
import { load } from '../lib/parsers.mjs'
import { ratioTable } from '../lib/report.mjs'

export const title = 'Encoder'
export const against = 'eventsource-encoder'

const json = (i, pad) => JSON.stringify({ index: i, delta: { type: 'text_delta', text: pad } })

/** `literal`: what somebody writes who trusts the values, the floor of this table. */
const SHAPES = {
  'one-line data, 130 B': {
    make: (i) => ({ data: json(i, 'x'.repeat(80)) }),
    literal: ({ data }) => `data: ${data}\n\n`,
  },
  'one-line data, 40 B': {
    make: (i) => ({ data: `tick ${String(i).padStart(30, '0')}` }),
    literal: ({ data }) => `data: ${data}\n\n`,
  },
  'one-line data, Chinese': {
    make: (i) => ({ data: json(i, '服务器推送事件让网页可以持续接收更新') }),
    literal: ({ data }) => `data: ${data}\n\n`,
  },
  'event + id + data': {
    make: (i) => ({ event: 'update', id: String(i), data: json(i, 'x'.repeat(60)) }),
    literal: ({ event, id, data }) => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`,
  },
  'ten lines of data': {
    make: (i) => ({ data: Array.from({ length: 10 }, (_, n) => json(i + n, 'y'.repeat(20))).join('\n') }),
    literal: ({ data }) => `data: ${data.replaceAll('\n', '\ndata: ')}\n\n`,
  },
}

export function jobs() {
  return Object.keys(SHAPES).map((name) => ({ name }))
}

function candidate(name, encode) {
  return {
    name,
    run(messages) {
      let sum = 0
      for (const message of messages) sum += touch(encode(message))
      return sum
    },
  }
}

export async function run({ name }, { size, only, ...rounds }) {
  const { make, literal } = SHAPES[name]
  const count = size / 256
  const candidates = await load([
    () => candidate('template literal', literal),
    async function eventwire() {
      const { encode } = await import('../../dist/encoder/index.js')
      return candidate('eventwire', (message) => encode(message))
    },
    async function eventsourceEncoder() {
      const { encode } = await import('eventsource-encoder')
      return candidate(against, (message) => encode(message))
    },
  ])
  const rows = await measure(
    candidates.filter((one) => !only || only.includes(one.name)),
    () => Array.from({ length: count }, (_, i) => flat(make(i))),
    rounds,
  )
  return { rows }
}

/** Flattens the ropes among the fields, so that no candidate pays for how its input was made. */
function flat(message) {
  for (const value of Object.values(message)) touch(value)
  return message
}

export const report = (results) => ratioTable(results, 'eventwire', 'template literal')
