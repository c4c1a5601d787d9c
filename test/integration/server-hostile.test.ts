import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { parse } from '../../src/parser/parse.js'
import { eventStream } from '../../src/server/event-stream.js'
import type { StreamMessage } from '../../src/server/stream-message.js'
import { rawGet, serve } from '../support/servers/http.js'

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '\r',
      '\n',
      '\0',
      ':',
      ' ',
      'data',
      'id',
      'event',
      'a',
      '\u2028',
      '\u0085',
      '\ufeff',
      '\ud800',
    ),
  }),
)
const hostileValue = fc.oneof(hostileText, fc.integer(), fc.double(), fc.constantFrom(null, undefined, {}, [], true))

/** Streams the messages, those that are refused apart, and gives what arrives. */
async function stream(messages: StreamMessage[]): Promise<{ text: string; accepted: StreamMessage[] }> {
  const accepted: StreamMessage[] = []
  const response = eventStream(new Request('http://localhost/'), (session) => {
    for (const message of messages) {
      try {
        session.send(message)
        accepted.push(message)
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
      }
    }
    session.close()
  })
  return { text: await response.text(), accepted }
}

test.prop([
  fc.array(
    fc.record(
      { event: hostileValue, id: hostileValue, retry: hostileValue, comment: hostileValue, data: hostileValue },
      { requiredKeys: [] },
    ),
  ),
])('a message is one event or none, whatever it holds', async (messages) => {
  const { text, accepted } = await stream(messages as StreamMessage[])
  const withData = accepted.filter((message) => message.data !== undefined)
  expect(parse(text)).toHaveLength(withData.length)
})

describe('a hostile Last-Event-ID', () => {
  it.each<[what: string, header: string, id: string]>([
    ['10 kB', 'x'.repeat(10_240), ''],
    ['10 kB of UTF-8', Buffer.from('ž'.repeat(5000)).toString('latin1'), ''],
    ['bytes that are not UTF-8', '\xff\xfe', ''],
    ['an overlong encoding of LF', 'a\xc0\x8adata: x', ''],
    ['a C1 control', 'a\xc2\x85b', ''],
    ['a line separator', Buffer.from('a\u2028b').toString('latin1'), 'a\u2028b'],
    ['a name that every object has', '__proto__', '__proto__'],
    ['what looks like a header', 'x: y', 'x: y'],
  ])('%s gives no second event and no header', async (_, header, id) => {
    await using server = await serve((req, res) => {
      eventStream(req, res, async function* ({ lastEventId }) {
        yield { event: 'asked', id: lastEventId, data: lastEventId }
      })
    })
    const socket = await rawGet(server.port, { 'last-event-id': header, connection: 'close' })
    let answer = Buffer.alloc(0)
    for await (const chunk of socket) answer = Buffer.concat([answer, chunk])
    const [head = '', ...body] = answer.toString().split('\r\n\r\n')
    const names = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0]!.toLowerCase())
    expect(new Set(names)).toEqual(
      new Set([
        'cache-control',
        'connection',
        'content-type',
        'date',
        'incremental',
        'transfer-encoding',
        'x-accel-buffering',
      ]),
    )
    if (header.length < 1000) expect(head).not.toContain(header)
    const text = body.join('\r\n\r\n').replace(/^[\da-f]+\r\n|\r\n[\da-f]+\r\n|\r\n0\r\n\r\n$/g, '')
    expect(parse(text)).toEqual([{ event: 'asked', id, data: id }])
  })

  it.each(['a\x01b', 'a\x7fb'])('%j never gets past Node, or is no ID', async (header) => {
    let seen: string | undefined
    await using server = await serve((req, res) => {
      seen = eventStream(req, res, async function* () {}).lastEventId
    })
    const socket = await rawGet(server.port, { 'last-event-id': header, connection: 'close' })
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(seen ?? '').toBe('')
  })
})
