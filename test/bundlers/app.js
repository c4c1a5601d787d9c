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

/** Nanoseconds for one event of about 130 characters, one for each chunk: the quickest of many rounds, which other work on the machine disturbs least. */
function speed() {
  let characters = 0
  const parser = createParser({ onEvent: ({ data }) => (characters += data.charCodeAt(data.length - 1)) })
  const rounds = Array.from({ length: 12 }, () => {
    const before = performance.now()
    for (let i = 0; i < 500; i++) for (const chunk of TEXT) parser.feed(chunk)
    return ((performance.now() - before) * 1e6) / (500 * TEXT.length)
  })
  if (characters === 0) throw new Error('No event came.')
  return Math.min(...rounds)
}

globalThis.app = { read, listen, speed }
