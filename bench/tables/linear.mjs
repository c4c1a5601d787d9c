// Cost against itself at half the size: about 2 where it is linear, about 4 where it is quadratic.
import { measure, touch } from '../lib/measure.mjs'
import { load } from '../lib/parsers.mjs'
import { ratioText, rowOf } from '../lib/report.mjs'

export const title = 'Twice the input'

const KB = 1024
const repeat = (text, size) => text.repeat(Math.ceil(size / text.length))
const SHAPES = {
  '4 MB line, 1 KB chunks': { size: 4 * KB * KB, chunk: KB, make: (size) => `data: ${'x'.repeat(size)}\n\n` },
  '512 KB line, 256 B chunks': { size: 512 * KB, chunk: 256, make: (size) => `data: ${'x'.repeat(size)}\n\n` },
  '512 KB line, 8 B chunks': { size: 512 * KB, chunk: 8, make: (size) => `data: ${'x'.repeat(size)}\n\n` },
  'a lone CR, then LF lines': { size: KB * KB, chunk: Infinity, make: (size) => `:\r${repeat('data: a\n', size)}\n` },
  'LF lines, then a lone CR': { size: KB * KB, chunk: Infinity, make: (size) => `${repeat('data: a\n', size)}\r\n` },
  '1 MiB of "x\\n"': { size: KB * KB, chunk: Infinity, make: (size) => repeat('x\n', size) },
  '1 MiB of "data\\n", 16 KB chunks': { size: KB * KB, chunk: 16 * KB, make: (size) => `${repeat('data\n', size)}\n` },
}

export function jobs() {
  return Object.keys(SHAPES).flatMap((shape) =>
    ['bytes', 'text'].map((kind) => ({ name: `${shape} | ${kind}`, shape, kind })),
  )
}

function chunksOf(text, chunk, kind) {
  const bytes = Buffer.from(text)
  const chunks = []
  for (let start = 0; start < bytes.length; start += chunk) {
    const piece = bytes.subarray(start, start + chunk)
    chunks.push(kind === 'text' ? piece.latin1Slice() : new Uint8Array(piece))
  }
  return chunks
}

const LOADERS = [
  async function eventwire() {
    const { createParser } = await import('../../dist/parser/index.js')
    return { name: 'eventwire', makeFeed: (onEvent) => createParser({ onEvent }).feed }
  },
  async function eventsourceParser() {
    const { createParser } = await import('eventsource-parser')
    return {
      name: 'eventsource-parser',
      makeFeed(onEvent) {
        const decoder = new TextDecoder()
        const { feed } = createParser({ onEvent })
        return (chunk) => feed(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
      },
    }
  },
]

export async function run({ shape, kind }, { only, rounds, warmUp, share }) {
  const { size, chunk, make } = SHAPES[shape]
  const candidates = (await load(LOADERS)).filter(({ name }) => !only || only.includes(name))
  const halves = [1, 2].flatMap((part) =>
    candidates.map((candidate) => ({
      name: `${candidate.name} / ${part}`,
      unavailable: candidate.unavailable,
      text: make((size * share) / part),
      run(chunks) {
        let sum = 0
        const feed = candidate.makeFeed((event) => (sum += touch(event.data)))
        for (const piece of chunks) feed(piece)
        return sum
      },
    })),
  )
  const samples = await measure(halves, ({ text }) => chunksOf(text, chunk, kind), { rounds, warmUp })
  const rows = candidates.map(({ name, unavailable }) => {
    const [whole, half] = [1, 2].map((part) => samples.find((row) => row.name === `${name} / ${part}`))
    return unavailable ? { name, failed: unavailable } : { name, growth: whole.median / half.median, whole, half }
  })
  return { rows, kind }
}

export function report(results) {
  const names = [...new Set(results.flatMap(({ rows }) => rows.map(({ name }) => name)))]
  const cell = (result, name) => ratioText(rowOf(result, name)?.growth ?? Number.NaN)
  return {
    head: ['time as a multiple of that for half the input', ...names],
    lines: results.map((result) => [result.name, ...names.map((name) => cell(result, name))]),
  }
}
