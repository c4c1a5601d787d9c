// The streams that parsers are measured on: whole UTF-8 text, and where it is cut into chunks.

const KB = 1024
const TOKENS = ['the', ' quick', ' brown', ' fox', ' jumps', ' over', ' lazy', ' dogs', ',', ' and', ' then', ' some']
const CJK = '服务器推送事件让网页可以持续接收更新数据流并且立即显示出来'
const GUJARATI = 'સર્વર તરફથી મોકલવામાં આવતી ઘટનાઓ વેબ પૃષ્ઠને સતત નવી માહિતી આપે છે'

/** Repeats what `make(i)` gives until the text has at least `size` bytes. */
function fill(size, make) {
  const parts = []
  for (let i = 0, bytes = 0; bytes < size; i++) {
    const part = make(i)
    parts.push(part)
    bytes += Buffer.byteLength(part)
  }
  return parts
}

const token = (i) => TOKENS[i % TOKENS.length]

/** A `data` line that brings the event around it to `size` bytes. */
function dataLine(i, size, around = 0) {
  const start = `data: {"index":${i},"delta":{"type":"text_delta","text":"${token(i)}"},"pad":"`
  return `${start}${'x'.repeat(Math.max(0, size - around - start.length - 4))}"}`
}

const llm = (i) => `${dataLine(i, 175)}\n\n`
function named(i) {
  const line = 'event: content_block_delta\n'
  return `${line}${dataLine(i, 130, line.length)}\n\n`
}
const tiny = (i) => `data: tick ${String(i % 1e12).padStart(12, '0')}\n\n`
function identified(i) {
  const lines = `id: ${1000000 + i}\nevent: update\n`
  return `${lines}${dataLine(i, 120, lines.length)}\n\n`
}
const spoken = (text) => (i) => `data: {"i":${i},"text":"${text.slice(i % 9)}"}\n\n`
const crlf = (make) => (i) => make(i).replaceAll('\n', '\r\n')
const lineOf = (i, length) => `${String(i).padStart(6, '0')} ${'y'.repeat(length - 7)}`

/**
 * `chunk`: bytes in each chunk, or `'event'` for one event in each. `single`: one-line LF events of
 * ASCII, which the target over the floor speaks of. `hostile`: a shape of an attacker, or of bad luck.
 */
const SHAPES = [
  { name: 'LLM tokens, 175 B, one per chunk', chunk: 'event', make: llm, single: true },
  { name: 'event + data, 130 B, one per chunk', chunk: 'event', make: named },
  { name: 'event + data, 130 B, 64 KB chunks', chunk: 64 * KB, make: named },
  { name: '25 B events, 64 KB chunks', chunk: 64 * KB, make: tiny, single: true },
  { name: 'id + event + data, 16 KB chunks', chunk: 16 * KB, make: identified },
  { name: 'CRLF, event + data, 16 KB chunks', chunk: 16 * KB, make: crlf(named) },
  { name: 'CRLF, LLM tokens, one per chunk', chunk: 'event', make: crlf(llm) },
  { name: 'Chinese, 16 KB chunks', chunk: 16 * KB, make: spoken(CJK) },
  { name: 'Gujarati, 16 KB chunks', chunk: 16 * KB, make: spoken(GUJARATI) },
  {
    name: 'ASCII, an emoji every 64 KB, 64 KB chunks',
    chunk: 64 * KB,
    make: (i) => (i % 512 === 256 ? 'data: 🎉\n\n' : `data: ${lineOf(i, 120)}\n\n`),
  },
  {
    name: 'one line of 2 MB, 16 KB chunks',
    chunk: 16 * KB,
    size: 2 * KB * KB,
    whole: (size) => [`data: ${'z'.repeat(size)}`, '\n\n'],
  },
  {
    name: '500 data lines of 80, 16 KB chunks',
    chunk: 16 * KB,
    make: (i) => `${Array.from({ length: 500 }, (_, n) => `data: ${lineOf(i * 500 + n, 80)}\n`).join('')}\n`,
  },
  { name: 'keep-alive comments, one per chunk', chunk: 'event', share: 4, make: () => ': keep-alive\n\n' },

  { name: 'drip: LLM tokens, 5 B chunks', chunk: 5, share: 8, hostile: true, make: llm },
  { name: 'idle comments, 64 KB chunks', chunk: 64 * KB, hostile: true, make: () => ':\n' },
  { name: 'unknown lines, 64 KB chunks', chunk: 64 * KB, share: 4, hostile: true, make: () => 'x\n' },
  {
    name: 'lone CR, event + data, 16 KB chunks',
    chunk: 16 * KB,
    hostile: true,
    make: (i) => named(i).replaceAll('\n', '\r'),
  },
  {
    name: 'LF + CRLF mixed, 16 KB chunks',
    chunk: 16 * KB,
    hostile: true,
    make: (i) => (i % 2 ? named(i) : crlf(named)(i)),
  },
]

export const workloadNames = SHAPES.map(({ name }) => name)

/** Builds one workload of about `size` bytes. */
export function buildWorkload(name, size) {
  const {
    make,
    whole,
    chunk,
    share = 1,
    hostile = false,
    single = false,
    size: own = size,
  } = SHAPES.find((shape) => shape.name === name)
  const parts = whole ? whole(Math.max(own, size)) : fill(size / share, make)
  const bytes = Buffer.from(parts.join(''))
  const ends = []
  if (chunk === 'event') {
    let end = 0
    for (const part of parts) ends.push((end += Buffer.byteLength(part)))
  } else {
    for (let end = chunk; end < bytes.length; end += chunk) ends.push(end)
    ends.push(bytes.length)
  }
  return { name, bytes, ends, hostile, single }
}

/** New chunks: what was scanned or flattened in one round must not help the next. */
export function freshBytes({ bytes, ends }) {
  const chunks = []
  let start = 0
  for (const end of ends) {
    // A Uint8Array of its own, as a socket gives it; `Buffer` has methods of its own and a shared pool.
    chunks.push(new Uint8Array(bytes.subarray(start, end)))
    start = end
  }
  return chunks
}

export function freshText(workload) {
  const decoder = new TextDecoder()
  return freshBytes(workload).map((chunk) => decoder.decode(chunk, { stream: true }))
}
