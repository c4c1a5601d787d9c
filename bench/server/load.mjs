// The readers, in a process of their own. Counts events by the closing brace that each has once.
import { connect } from 'node:net'
import { clock } from './payload.mjs'

const BRACE = 0x7d
const PROGRESS_AT_ONCE = 250

/** One connection in so many is asked how late its events are. */
const SAMPLED = 20

const readers = []
let port
let expected = 0
let missing = 0
/** Events that are to come to any of them. */
let missingInAll = 0
let latencies = []
let settle

function open(path) {
  return new Promise((resolve, reject) => {
    const reader = { count: 0, isSampled: readers.length % SAMPLED === 0, isOpen: false }
    reader.socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.alloc(4096),
        callback(length, buffer) {
          if (!reader.isOpen) {
            reader.isOpen = true
            resolve()
          }
          take(reader, buffer.subarray(0, length))
          return true
        },
      },
    })
    reader.socket.on('error', reject)
    reader.socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n`)
    readers.push(reader)
  })
}

function take(reader, bytes) {
  const before = reader.count
  for (let at = bytes.indexOf(BRACE); at !== -1; at = bytes.indexOf(BRACE, at + 1)) reader.count++
  if (reader.count === before) return
  if (missingInAll > 0) {
    missingInAll -= reader.count - before
    if (missingInAll === 0) settle()
    return
  }
  if (reader.isSampled) {
    const now = clock()
    for (const [, sent] of bytes.toString('latin1').matchAll(/"t":(\d+),/g)) latencies.push(now - Number(sent))
  }
  if (before < expected && reader.count >= expected && --missing === 0) settle()
}

const commands = {
  /** With `topics`, each reader names one of its own: its number. */
  async open({ port: of, count, topics }) {
    port = of
    for (let left = count; left > 0; left -= PROGRESS_AT_ONCE) {
      const first = readers.length
      const paths = Array.from({ length: Math.min(left, PROGRESS_AT_ONCE) }, (_, i) => `/?topic=${first + i}`)
      await Promise.all(paths.map((path) => open(topics ? path : '/')))
    }
  },
  /** Expects so many more events for each. */
  expect(count) {
    expected = Math.max(...readers.map((reader) => reader.count)) + count
    missing = readers.length
    commands.arrived = new Promise((resolve) => (settle = resolve))
  },
  expectInAll(count) {
    missingInAll = count
    commands.arrived = new Promise((resolve) => (settle = resolve))
  },
  all: () => commands.arrived,
  /** How late the events were, in microseconds. */
  latencies() {
    const sorted = latencies.toSorted((a, b) => a - b)
    latencies = []
    return sorted
  },
  close() {
    for (const { socket } of readers.splice(0)) socket.destroy()
  },
}

process.on('message', async ({ name, value }) => {
  process.send({ name, result: await commands[name](value) })
})
process.on('disconnect', () => process.exit())
