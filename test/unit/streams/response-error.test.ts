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
      Array.from({ length: 600 }, (_, status) => status).filter((status) => !responseError(of(status), {}, only200))
    expect(taken(true)).toEqual([200])
    expect(taken(false)).toEqual(
      Array.from({ length: 100 }, (_, at) => 200 + at).filter((status) => ![204, 205].includes(status)),
    )
  })

  it('tells status, response, attempt and Retry-After', () => {
    const response = new Response('', { status: 503 })
    expect(responseError(response, { attempt: 3, retryAfter: 2000 })).toMatchObject({
      message: 'The server answered 503.',
      kind: 'http',
      code: 'ERR_CONNECT_HTTP',
      status: 503,
      response,
      attempt: 3,
      retryAfter: 2000,
    })
  })

  it('tells the content type that is wrong', () => {
    expect(responseError(new Response('{}', { headers: { 'content-type': 'application/json' } }))).toMatchObject({
      message: 'The server sent application/json, not text/event-stream.',
      kind: 'content-type',
    })
    expect(responseError(new Response(new Uint8Array(0)))).toMatchObject({
      message: 'The server sent no content type, not text/event-stream.',
    })
  })

  it('tells a host that gives no response.body', () => {
    const response = Object.defineProperty(new Response('', { headers }), 'body', { value: undefined })
    expect(responseError(response)).toMatchObject({ kind: 'http', code: 'ERR_CONNECT_NO_BODY', status: 200 })
  })
})
