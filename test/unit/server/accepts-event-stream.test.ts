import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { acceptsEventStream } from '../../../src/server/accepts-event-stream.js'

const CASES: [accept: string | undefined, accepted: boolean, why: string][] = [
  [undefined, true, 'no header accepts everything'],
  ['', true, 'an empty header says nothing'],
  ['text/event-stream', true, 'the type itself'],
  ['Text/Event-Stream', true, 'types have no case'],
  ['text/event-stream;charset=utf-8', true, 'a parameter of the type'],
  ['text/*', true, 'a range'],
  ['*/*', true, 'the widest range'],
  ['application/json', false, 'another type'],
  ['application/json, text/event-stream', true, 'one of several'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true, 'a browser that navigates'],
  ['text/event-stream;q=0', false, 'weight 0'],
  ['text/event-stream;q=0.000', false, 'weight 0, written out'],
  ['text/event-stream;q=0, */*', false, 'the most specific range decides against'],
  ['text/*;q=0, */*', false, 'the more specific range decides against'],
  ['text/event-stream, */*;q=0', true, 'the most specific range decides in favour'],
  ['text/event-stream;q=0.001', true, 'a small weight'],
  ['text/event-stream;Q=0', false, 'parameter names have no case'],
  ['text/event-stream ; q=0', false, 'white space'],
  ['text/event-stream;q=much', true, 'a weight that is none'],
  ['text/event-stream;a="q=0;b,";q=0', false, 'quoted separators'],
  ['text/html;a="text/event-stream, */*"', false, 'a quoted type is none'],
  ['text/html;a="\\", text/event-stream', false, 'a quote without end'],
  [',, text/event-stream', true, 'empty elements'],
  ['text', false, 'half a type'],
  ['text/event-streams, text/event', false, 'types that begin alike'],
]

const nodeRequest = (headers: object): IncomingMessage => ({ headers }) as IncomingMessage

describe.each([
  ['web', (accept?: string) => new Request('http://localhost/', { headers: accept === undefined ? {} : { accept } })],
  ['node', (accept?: string) => nodeRequest(accept === undefined ? {} : { accept })],
] as const)('a %s request', (_, request) => {
  it.each(CASES)('with Accept %j: %s (%s)', (accept, accepted) => {
    expect(acceptsEventStream(request(accept))).toBe(accepted)
  })
})

it('takes no longer than its length for a hostile header', () => {
  // One that backtracks would not come to an end.
  const hostile = ['"'.repeat(100_000), ',"\\'.repeat(50_000), ';q='.repeat(50_000), 'q=0.'.repeat(50_000)]
  for (const accept of hostile) acceptsEventStream(nodeRequest({ accept }))
})
