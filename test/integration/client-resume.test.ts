import { expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { encode } from '../../src/encoder/encode.js'
import { SOON, useBench } from '../support/client.js'

const bench = useBench()

// Each line ending of the format, code points of every length, a comment, several lines, no data.
const messages = [
  { id: '1', data: 'one', ending: '\n' },
  { id: '2', event: 'tick', data: 'two\nlines', ending: '\r\n' },
  { id: 'drei', data: '', ending: '\r' },
  { id: '✓', data: 'grün 🦊', comment: 'beat', ending: '\r\n' },
  { id: '5', data: ' five', ending: '\n' },
]
const blocks = messages.map(({ ending, ...message }) => encode(message).replaceAll('\n', ending))
const expected = messages.map(({ id, data }) => ({ id, data }))

it('a stream cut at every byte offset brings each event exactly once, in order', async () => {
  const server = await bench.serve(({ url, headers, lastEventId }) => {
    const rest = blocks.slice(messages.findIndex(({ id }) => id === lastEventId) + 1).join('')
    if (headers['x-attempt'] === '1') return [{ bytes: rest, cutAfter: Number(url.slice(1)) }]
    return [{ bytes: rest + 'data: end\n\n' }]
  })
  const { length } = new TextEncoder().encode(blocks.join(''))

  const tryCut = async (offset: number): Promise<void> => {
    const seen: { id: string; data: string }[] = []
    const connection = connect(server.url + offset, {
      headers: ({ number }) => ({ 'x-attempt': String(number) }),
      until: ({ data }) => data === 'end',
      backoff: SOON,
    })
    for await (const { id, data } of connection) seen.push({ id, data })
    expect(seen.pop()!.data).toBe('end')
    expect(seen, `cut after ${offset} bytes`).toEqual(expected)
  }

  for (let from = 1; from <= length; from += 16) {
    const offsets = Array.from({ length: Math.min(16, length - from + 1) }, (_, at) => from + at)
    await Promise.all(offsets.map(tryCut))
  }
  expect(server.requests).toHaveLength(2 * length)
})
