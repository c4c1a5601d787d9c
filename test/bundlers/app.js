// What a small app uses. The page that loads it finds `run` here.
import { createParser } from 'eventwire/parser'
import { connect } from 'eventwire/client'
import { EventSource } from 'eventwire/eventsource'

const TEXT = Array.from(
  { length: 400 },
  (_, i) => `event: delta\ndata: {"index":${i},"text":"${'token '.repeat(12)}"}\n\n`,
)

async function read(url) {
  const seen = []
  for await (const { data } of connect(url, { until: (event) => event.data === 'last' })) seen.push(data)
  return seen
}

function listen(url) {
  return new Promise((resolve, reject) => {
    const seen = []
    const source = new EventSource(url)
    source.addEventListener('error', () => reject(new Error('EventSource failed')))
    source.addEventListener('message', ({ data }) => {
      seen.push(data)
      if (data !== 'last') return
      source.close()
      resolve(seen)
    })
  })
}

const bytes = (text) => new TextEncoder().encode(text)
const whole = TEXT.join('')
const pieces = (text, size) =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size))

/** What the parser is fed with, all of the same events of about 130 characters. */
const WORKLOADS = {
  'one event a chunk': TEXT,
  'bytes, one event a chunk': TEXT.map(bytes),
  'chunks of 16 KiB': pieces(whole, 16_384),
  'cut everywhere, 50 characters': pieces(whole, 50),
}

/** Nanoseconds for one event: the quickest of many rounds, which other work on the machine disturbs least. */
function speed(workload) {
  const chunks = WORKLOADS[workload]
  let characters = 0
  const parser = createParser({ onEvent: ({ data }) => (characters += data.charCodeAt(data.length - 1)) })
  const rounds = Array.from({ length: 12 }, () => {
    const before = performance.now()
    for (let i = 0; i < 150; i++) for (const chunk of chunks) parser.feed(chunk)
    return ((performance.now() - before) * 1e6) / (150 * TEXT.length)
  })
  if (characters === 0) throw new Error('No event came.')
  return Math.min(...rounds)
}

globalThis.app = { read, listen, speed }
