import { randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { closeServer, listen } from '../serve/listen.js'
import { Proxy } from './proxy.js'
import type { Stage } from './stage.js'
import { targetOf, type Target } from './target.js'
import { TickingStage } from './ticking-stage.js'

export interface InspectorOptions {
  readonly target?: Target
  /** A stream of the caller's own to play with, which stays the caller's to close. Default: numbered ticks. */
  readonly stage?: Stage
  /** Default: any that is free. */
  readonly port?: number
  /** The folder of the built page. Default: beside the built program. */
  readonly page?: URL
}

export interface Inspector {
  /** Where the page is: the secret is in it. */
  readonly url: string
  close(): Promise<void>
}

const FILES: Record<string, { type: string; path: string }> = {
  '': { type: 'text/html; charset=utf-8', path: 'index.html' },
  'app.js': { type: 'text/javascript; charset=utf-8', path: 'app.js' },
  'style.css': { type: 'text/css; charset=utf-8', path: 'style.css' },
}

/** Nothing from elsewhere, nothing to anywhere else. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

const LONGEST_BODY = 64 * 1024

/**
 * Serves the inspector page on the loopback: of `target`, or of a stage to play with. Requests need the secret that is
 * in the page's address, and come from that page alone. The caller closes it.
 */
export async function startInspector(options: InspectorOptions = {}): Promise<Inspector> {
  const { target, port = 0, page = new URL('page/', import.meta.url) } = options
  const secret = randomBytes(16).toString('hex')
  const own = target || options.stage ? undefined : await TickingStage.start()
  const stage: Stage | undefined = target ? undefined : (options.stage ?? own)
  const proxy = new Proxy(target ?? { url: new URL(stage!.url), method: 'GET', headers: {}, body: undefined })
  const server = createServer((request, response) => {
    const path = isOfOwnPage(request) ? pathOf(request, secret) : undefined
    if (path === undefined) return void response.writeHead(404, PAGE_HEADERS).end('Not here.\n')
    void answer(path, { request, response, proxy, stage, page })
  })
  const base = await listen(server, port, '127.0.0.1').catch(async (error: unknown) => {
    await own?.close()
    throw error
  })
  return {
    url: `${base}${secret}/`,
    async close() {
      proxy.close()
      await closeServer(server)
      await own?.close()
    },
  }
}

/** A page of another site has another origin; one whose name was made to lead to the loopback asks for that name. */
function isOfOwnPage({ headers, socket }: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode } = headers
  const port = socket.localPort === 80 ? '' : `:${socket.localPort}`
  const names = ['127.0.0.1', 'localhost'].map((name) => name + port)
  if (!names.includes(host)) return false
  if (origin !== undefined && origin !== `http://${host}`) return false
  // Its address may be clicked anywhere; nothing else of it is asked for from there.
  return site === 'same-origin' || site === 'none' || mode === 'navigate'
}

/** What follows the secret. */
function pathOf({ url = '' }: IncomingMessage, secret: string): string | undefined {
  const [, given = '', rest] = /^\/([^/?]*)\/([^?]*)/.exec(url) ?? []
  const isRight = given.length === secret.length && timingSafeEqual(Buffer.from(given), Buffer.from(secret))
  return isRight ? rest : undefined
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly proxy: Proxy
  readonly stage: Stage | undefined
  readonly page: URL
}

async function answer(path: string, exchange: Exchange): Promise<void> {
  const { request, response, proxy, stage, page } = exchange
  const file = FILES[path]
  if (file && request.method === 'GET') {
    response.writeHead(200, { ...PAGE_HEADERS, 'content-type': file.type })
    return void response.end(readFileSync(new URL(file.path, page)))
  }
  if (path === 'stream') return proxy.forward(request, response)
  if (path === 'config') return json(response, 200, configOf(proxy, stage))
  if (path !== 'control' || request.method !== 'POST') return json(response, 404, { error: 'There is no such thing.' })
  try {
    await control(JSON.parse(await textOf(request)) as Record<string, unknown>, proxy, stage)
    json(response, 200, configOf(proxy, stage))
  } catch (error) {
    json(response, 400, { error: (error as Error).message })
  }
}

function configOf({ target, open }: Proxy, stage: Stage | undefined): object {
  const { url, method } = target
  const isStage = stage !== undefined && url.href === new URL(stage.url).href
  if (!isStage) return { url: url.href, name: url.href, method, can: [], open }
  const can = (['restart', 'trim', 'setRate'] as const).filter((name) => stage[name] !== undefined)
  return { url: url.href, name: stage.name, method, can, rate: stage.rate, score: stage.score?.(), open }
}

async function control(order: Record<string, unknown>, proxy: Proxy, stage: Stage | undefined): Promise<void> {
  switch (order['action']) {
    case 'cut':
    case 'kick':
      return proxy.inflict(order['action'])
    case 'stall':
      return proxy.stall(order['on'] === true)
    case 'restart':
      return void (await stage?.restart?.())
    case 'trim':
      return void (await stage?.trim?.())
    case 'rate':
      return stage?.setRate?.(Number(order['rate']) || 1)
    case 'target':
      proxy.target = targetOf(order['target'])
      return proxy.close()
    default:
      throw new TypeError('There is no such action.')
  }
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(value))
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += piece
    if (text.length > LONGEST_BODY) throw new TypeError('That is too long.')
  }
  return text
}
