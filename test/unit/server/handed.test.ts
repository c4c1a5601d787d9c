import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { createChannel } from '../../../src/server/channel/create-channel.js'
import { eventStream } from '../../../src/server/event-stream.js'
import { serve } from '../../support/servers/http.js'

const web = new Request('http://localhost/')
const req = Object.assign(new EventEmitter(), { headers: {}, method: 'GET', url: '/' })
const res = { writeHead() {}, end() {} }

/** What handlers are called with, by framework. */
const CONTEXTS: Record<string, unknown> = {
  hono: { req: { raw: web } },
  h3: { req: web },
  'h3 on Node': { node: { req, res } },
  koa: { req, res, request: { req }, response: { res } },
  'fastify, the request': { raw: req },
  elysia: { request: web },
  'sveltekit, astro, react router': { request: web, params: {} },
  'solid, with its event': { event: { request: web } },
  'nest, the execution context': { request: { raw: req } },
  'a request of Node': req,
  'a request of the web': web,
  'a getter that throws': Object.defineProperty({}, 'request', { get: () => fail() }),
  nothing: undefined,
}

function fail(): never {
  throw new Error('no')
}

const channel = createChannel()
const source = (): void => {}

const CALLS: Record<string, (context: never) => unknown> = {
  fetch: (context) => channel.fetch(context),
  node: (context) => channel.node(context, undefined as never),
  eventStream: (context) => eventStream(context, source),
}

const NODE = (place: string): RegExp => new RegExp(`hand over its \`${place}\``)

it.each<[string, string, RegExp]>([
  ['fetch', 'hono', /its `req\.raw`/],
  ['fetch', 'h3', /its `req`/],
  ['fetch', 'h3 on Node', /its `node\.req`, of node:http.*\(req, res\)/],
  ['fetch', 'koa', /its `req`, of node:http.*\(req, res\)/],
  ['fetch', 'fastify, the request', /its `raw`, of node:http/],
  ['fetch', 'elysia', /its `request`/],
  ['fetch', 'sveltekit, astro, react router', /its `request`/],
  ['fetch', 'solid, with its event', /its `event\.request`/],
  ['fetch', 'nest, the execution context', /its `request\.raw`, of node:http/],
  ['fetch', 'a request of Node', /is one of node:http, which goes with its response: \(req, res\)/],
  ['fetch', 'a getter that throws', /must be a web Request\.$/],
  ['fetch', 'nothing', /must be a web Request\.$/],
  ['node', 'hono', /its `req\.raw`, of the web, which `fetch` takes/],
  ['node', 'h3 on Node', NODE('node.req')],
  ['node', 'koa', NODE('req')],
  ['node', 'fastify, the request', NODE('raw')],
  ['node', 'elysia', /its `request`, of the web, which `fetch` takes/],
  ['node', 'nest, the execution context', NODE('request.raw')],
  ['node', 'a request of Node', /^res: must be the response to req\.$/],
  ['node', 'a request of the web', /is one of the web, which `fetch` takes/],
  ['node', 'nothing', /must be a request of node:http\.$/],
  ['eventStream', 'hono', /its `req\.raw`/],
  ['eventStream', 'koa', /\(req, res\)/],
  ['eventStream', 'a request of Node', /\(req, res\)/],
  ['eventStream', 'nothing', /must be a web Request\.$/],
])('%s with %s says what to pass', async (name, context, expected) => {
  const call = async (): Promise<unknown> => CALLS[name]!(CONTEXTS[context] as never)
  await expect(call()).rejects.toMatchObject({
    name: 'OptionError',
    code: 'ERR_OPTION',
    message: expect.stringMatching(expected),
  })
})

it.each<[string, unknown, unknown, RegExp]>([
  ['the reply of a framework', req, { raw: res }, NODE('raw')],
  ['the context as response', req, { res }, NODE('res')],
  ['both the wrong way round', res, req, /The request comes first/],
  ['a request of the web, and a response', web, res, /`fetch`/],
])('node with %s says what to pass', async (_, first, second, expected) => {
  await expect(channel.node(first as never, second as never)).rejects.toThrow(expected)
})

it('a response that was answered already is refused by eventStream, and told to onError by a channel', async () => {
  const errors: unknown[] = []
  const answered = createChannel({ onError: (error) => void errors.push(error) })
  const thrown: unknown[] = []
  await using server = await serve(async (given, answer) => {
    answer.write('before')
    await answered.node(given, answer)
    try {
      eventStream(given, answer, source)
    } catch (error) {
      thrown.push(error)
    }
  }, createServer())
  // The channel drops the connection: what was begun by another cannot be ended by it.
  await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow()
  const expected = expect.objectContaining({ option: 'res', code: 'ERR_OPTION' })
  await expect.poll(() => thrown).toEqual([expected])
  expect(errors).toEqual([expected])
  expect(answered.connections).toBe(0)
})
