import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { eventRequestOf, requestedId } from '../../../src/server/event-request.js'
import type { EventRequest } from '../../../src/server/event-request.js'

const node = (parts: object): EventRequest => eventRequestOf({ headers: {}, ...parts } as IncomingMessage)

/** Text as HTTP shows it: one character for each byte of its UTF-8. */
const onTheWire = (text: string): string => Buffer.from(text).toString('latin1')

describe.each([
  [
    'web',
    (headers: Record<string, string>, path = '/') =>
      eventRequestOf(new Request(`http://localhost${path}`, { headers })),
  ],
  ['node', (headers: Record<string, string>, path = '/') => node({ headers, url: path })],
])('the last event ID of a %s request', (_, request) => {
  it.each([
    ['7', '7'],
    ['', ''],
    ['a b', 'a b'],
    [onTheWire('žluťoučký 🐎'), 'žluťoučký 🐎'],
    [onTheWire('\u{feff}x'), '\u{feff}x'],
    ['é', ''],
    [onTheWire('a\u0085b'), ''],
    ['x'.repeat(4096), 'x'.repeat(4096)],
    ['x'.repeat(4097), ''],
    ['x'.repeat(10_240), ''],
  ])('%j is %j', (header, id) => {
    expect(request({ 'last-event-id': header }).lastEventId).toBe(id)
  })

  it('is empty without the header', () => {
    expect(request({}).lastEventId).toBe('')
  })

  it('comes from the query where there is no header', () => {
    const path = `/?lastEventId=${encodeURIComponent('é1')}`
    expect(request({}, path).lastEventId).toBe('é1')
    expect(request({ 'last-event-id': '2' }, path).lastEventId).toBe('2')
    expect(request({}, '/?lastEventId=a%00b').lastEventId).toBe('')
    expect(request({}, '/?lastEventId=a%0d%0adata: x').lastEventId).toBe('')
    expect(request({}, '/?xlastEventId=1').lastEventId).toBe('')
  })

  it('tells one that cannot be used from none', () => {
    const hasUnusableLastEventId = (given: EventRequest): boolean =>
      given.lastEventId === '' && requestedId(given) !== ''
    expect(hasUnusableLastEventId(request({}))).toBe(false)
    expect(hasUnusableLastEventId(request({ 'last-event-id': '' }))).toBe(false)
    expect(hasUnusableLastEventId(request({ 'last-event-id': '1' }))).toBe(false)
    expect(hasUnusableLastEventId(request({ 'last-event-id': 'é' }))).toBe(true)
    expect(hasUnusableLastEventId(request({ 'last-event-id': 'x'.repeat(5000) }))).toBe(true)
    expect(hasUnusableLastEventId(request({}, '/?lastEventId=%01'))).toBe(true)
  })
})

describe('a Node request', () => {
  it.each([
    [{ url: '/a?b=c', headers: { host: 'example.com:81' } }, 'http://example.com:81/a?b=c'],
    [{ url: '/', headers: { host: '[::1]:81' } }, 'http://[::1]:81/'],
    [{ url: '/', headers: { host: 'example.com' }, socket: { encrypted: true } }, 'https://example.com/'],
    [{ url: '/a', headers: { ':authority': 'example.com', ':scheme': 'https' } }, 'https://example.com/a'],
    [{ url: '/b', originalUrl: '/mounted/b', headers: {} }, 'http://localhost/mounted/b'],
    [{ url: 'http://other.example/x', headers: { host: 'example.com' } }, 'http://example.com/x'],
    [{ url: 'http://other.example?x', headers: { host: 'example.com' } }, 'http://example.com/?x'],
    [{ url: '/', headers: { ':authority': 'example.com', ':scheme': 'javascript' } }, 'http://localhost/'],
    [{ url: 'javascript:x', headers: {} }, 'http://localhost/javascript:x'],
    [{ url: 'http://[', headers: {} }, 'http://localhost/'],
    [{ url: '//evil.example/x', headers: { host: 'example.com' } }, 'http://example.com//evil.example/x'],
    [{ url: '@evil.example/x', headers: { host: 'example.com' } }, 'http://example.com/@evil.example/x'],
    [{ url: '/', headers: { host: 'user@evil.example' } }, 'http://localhost/'],
    [{ url: '/', headers: { host: 'evil.example/path?' } }, 'http://localhost/'],
    [{ url: '/', headers: { host: 'a:b:c' } }, 'http://localhost/'],
    [{ url: '*', headers: {} }, 'http://localhost/*'],
    [{ headers: {} }, 'http://localhost/'],
  ])('%j has the URL %s', (parts, url) => {
    expect(node(parts).url.href).toBe(url)
  })

  it('has headers by name, in any case, and none that nobody sent', () => {
    const { headers } = node({ headers: { 'x-a': '1', 'set-cookie': ['a', 'b'] } })
    expect(headers.get('X-A')).toBe('1')
    expect(headers.get('set-cookie')).toBe('a,b')
    expect(headers.get('x-b')).toBe(null)
    expect(headers.get('constructor')).toBe(null)
    expect(headers.get('__proto__')).toBe(null)
  })

  it('keeps the request at hand', () => {
    const raw = { headers: { get: 'a header of this name' }, method: 'POST' } as unknown as IncomingMessage
    const request = eventRequestOf(raw)
    expect(request.raw).toBe(raw)
    expect(request.method).toBe('POST')
    expect(request.headers.get('get')).toBe('a header of this name')
  })
})

it('makes the URL of a request once', () => {
  const request = node({ url: '/' })
  expect(request.url).toBe(request.url)
})
