import { describe, expect, it } from 'vitest'
import { responseError } from '../../../src/streams/response-error.js'

const headers = { 'content-type': 'text/event-stream' }
const of = (status: number): Response => ({ status, headers: new Headers(headers), body: null }) as Response

describe('responseError', () => {
  it('takes an event stream, an empty one too', () => {
    expect(responseError(new Response('', { headers }))).toBeUndefined()
    expect(responseError(new Response(null, { headers }))).toBeUndefined()
    expect(responseError({ status: 200, headers: new Headers(headers), body: null } as Response)).toBeUndefined()
  })

  it('takes every 2xx status that has a body, or 200 alone', () => {
    const taken = (only200: boolean): number[] =>
      Array.from({ length: 600 }, (_, status) => status).filter((status) => !responseError(of(status), { only200 }))
    expect(taken(true)).toEqual([200])
    expect(taken(false)).toEqual(
      Array.from({ length: 100 }, (_, at) => 200 + at).filter((status) => ![204, 205].includes(status)),
    )
  })

  it('tells status, response and attempt', () => {
    const response = new Response('', { status: 503 })
    expect(responseError(response, { attempt: 3 })).toMatchObject({
      message: 'The server answered 503',
      kind: 'http',
      code: 'ERR_CONNECT_HTTP',
      status: 503,
      response,
      attempt: 3,
    })
  })

  it('tells the content type that is wrong', () => {
    expect(responseError(new Response('{}', { headers: { 'content-type': 'application/json' } }))).toMatchObject({
      message: 'The server sent application/json, not text/event-stream',
      kind: 'content-type',
    })
    expect(responseError(new Response(new Uint8Array(0)))).toMatchObject({
      message: 'The server sent no content type, not text/event-stream',
    })
  })

  it('throws what says so where a fetch gives no response at all', () => {
    for (const given of [undefined, null, 5, {}, { ok: true }]) {
      expect(() => responseError(given as never)).toThrow('fetch gave no Response')
    }
  })

  it('tells a host that gives no response.body', () => {
    const response = Object.defineProperty(new Response('', { headers }), 'body', { value: undefined })
    expect(responseError(response)).toMatchObject({ kind: 'http', code: 'ERR_CONNECT_NO_BODY', status: 200 })
  })
})

describe('the content type is extracted as Fetch extracts a MIME type', () => {
  it.each([
    'text/event-stream',
    'Text/Event-Stream',
    ' \ttext/event-stream ; charset=latin1',
    'text/event-stream;',
    'text/event-stream; charset="a,b"',
    'text/event-stream; note="a\\",b/c"',
    'text/html, text/event-stream',
    'text/html;note="a, b", text/event-stream',
    // A wildcard and what is no type are passed by.
    'text/event-stream, */*',
    'text/event-stream, nonsense',
    'text/event-stream, , ',
    'text/event-stream, text/ event-stream',
  ])('taken: %j', (type) => {
    expect(responseError(new Response('', { headers: { 'content-type': type } }))).toBeUndefined()
  })

  it.each([
    '*/*',
    'nonsense',
    'text/event-stream x',
    'text /event-stream',
    'text/event-streams',
    'text/event-stream, text/html',
    'text/html; note=", text/event-stream"',
    'text/html; note=", text/event-stream',
    '"text/event-stream"',
    'application/json; x="\\", text/event-stream"',
  ])('refused: %j', (type) => {
    expect(responseError(new Response('', { headers: { 'content-type': type } }))).toMatchObject({
      kind: 'content-type',
    })
  })
})
