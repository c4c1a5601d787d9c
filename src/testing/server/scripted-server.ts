import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createSecureServer, createServer as createHttp2Server, type Http2ServerRequest } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { checkOptions, type Rule } from '../../options/check-options.js'
import { isBoolean } from '../../options/rules.js'
import type { NodeResponse } from '../../server/node-types.js'
import { plan } from '../script/plan.js'
import type { Carrier, Plan } from '../script/plan-types.js'
import { ScriptError } from '../script/script-error.js'
import type { Step } from '../script/steps.js'
import { answer } from './answer.js'
import { Connections } from './connections.js'
import { answerPreflight, isPreflight } from './cors.js'
import { Exchange } from './exchange.js'
import type { Script, ScriptedRequest, ScriptedServer, ScriptedServerOptions, ScriptFunction } from './types.js'
import { Watch } from './watch.js'

const DEFAULT_TIMEOUT = 5000

/**
 * Starts an HTTP server on a free loopback port that answers as `script` says, faults included.
 *
 * Each request takes the next answer, in order of arrival; after the last one every request gets 204, which
 * tells an SSE client to stop. The script is checked before anything listens. The caller closes the server
 * (`close()` or `await using`), which drops whatever is still open.
 *
 * @throws {ScriptError} for a script that makes no sense, naming the step.
 *
 * @example
 * ```ts
 * import { createScriptedServer } from 'eventwire/testing/server'
 *
 * const server = await createScriptedServer([
 *   [{ event: { id: '1', data: 'one' } }, { event: { id: '2', data: 'two' }, cutAfter: 9 }],
 *   [{ event: { id: '2', data: 'two' } }],
 * ])
 * const response = await fetch(server.url)
 * await response.text().catch((error) => error.message) // => 'terminated'
 * server.requests.length // => 1
 * await server.close()
 * ```
 */
export async function createScriptedServer(
  script: Script,
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  checkOptions(options, RULES)
  const { http2 = false, cors = false } = options
  const carrier: Carrier = { raw: !http2, goaway: http2, beforeHead: true, cors }
  const server = new LoopbackServer(planner(script, carrier), plan([{ status: 204 }], 'script', carrier), options)
  await server.listen()
  return server
}

type NextPlan = (request: ScriptedRequest) => Promise<Plan | undefined> | Plan | undefined

function planner(script: Script, carrier: Carrier): NextPlan {
  if (typeof script === 'function') {
    return async (request) => {
      const steps = await (script as ScriptFunction)(request, request.number)
      return steps && plan(steps, `script(request ${request.number})`, carrier)
    }
  }
  if (!Array.isArray(script))
    throw new ScriptError({ path: 'script' }, 'a script is a list of steps, a list of such lists, or a function.')
  const nested = script.some((each) => Array.isArray(each))
  const plans = nested
    ? script.map((steps, index) => plan(steps as Step[], `script[${index}]`, carrier))
    : [plan(script as Step[], 'script', carrier)]
  return ({ number }) => plans[number - 1]
}

const isPem: Rule = (tls) => {
  const { key, cert } = tls as { key?: unknown; cert?: unknown }
  return (typeof key !== 'string' || typeof cert !== 'string') && 'must have key and cert, both PEM text'
}

const RULES = { tls: isPem, http2: isBoolean, cors: isBoolean }

class LoopbackServer implements ScriptedServer {
  readonly requests: ScriptedRequest[] = []
  url = ''
  private readonly _server: Server
  openAnswers = 0
  private readonly _scheme: string
  private readonly _nextPlan: NextPlan
  private readonly _nothingLeft: Plan
  private readonly _cors: boolean
  private readonly _connections: Connections
  private readonly _watch = new Watch()
  private readonly _madeAt = performance.now()
  private _closing: Promise<void> | undefined

  constructor(nextPlan: NextPlan, nothingLeft: Plan, { tls, http2, cors = false }: ScriptedServerOptions) {
    this._nextPlan = nextPlan
    this._nothingLeft = nothingLeft
    this._cors = cors
    this._scheme = tls ? 'https' : 'http'
    const listener = (req: IncomingMessage | Http2ServerRequest, res: NodeResponse): void => {
      this._exchange(req, res).catch((error: unknown) => this._watch.fail(error))
    }
    if (http2)
      this._server = tls ? createSecureServer({ ...tls, allowHTTP1: true }, listener) : createHttp2Server(listener)
    else this._server = tls ? createTlsServer(tls, listener) : createServer(listener)
    this._connections = new Connections(this._server, () => this._watch.changed())
  }

  get openSockets(): number {
    return this._connections.size
  }

  async listen(): Promise<void> {
    await once(this._server.listen(0, '127.0.0.1'), 'listening')
    const { port } = this._server.address() as AddressInfo
    this.url = this._scheme === 'https' ? `https://localhost:${port}/` : `http://127.0.0.1:${port}/`
  }

  private async _exchange(req: IncomingMessage | Http2ServerRequest, res: NodeResponse): Promise<void> {
    const connection = this._connections.of(req.socket)
    if (!connection) return
    const exchange = new Exchange(res, connection, () => this._closing !== undefined)
    const seen = await exchange.read(req, performance.now() - this._madeAt)
    if (!seen) return
    if (this._cors) {
      // A browser's own business: it takes no answer of the script, and is in no log.
      if (isPreflight(seen)) return answerPreflight(res, seen)
      exchange.origin = seen.headers['origin']
    }
    const request = { ...seen, number: this.requests.length + 1, scripted: true }
    this.requests.push(request)
    this.openAnswers++
    void request.closed.then(() => {
      this.openAnswers--
      this._watch.changed()
    })
    try {
      const next = await this._nextPlan(request)
      request.scripted = next !== undefined
      this._watch.changed()
      await answer(res, next ?? this._nothingLeft, exchange)
    } catch (error) {
      this._watch.fail(error)
      exchange.endByScript()
      connection.tcp.destroy()
    }
  }

  waitForRequest(number: number, { timeout = DEFAULT_TIMEOUT } = {}): Promise<ScriptedRequest> {
    return this._watch.until(
      () => this.requests[number - 1],
      timeout,
      () => `waited for request ${number}; there were ${this.requests.length}`,
    )
  }

  async waitForIdle({ timeout = DEFAULT_TIMEOUT } = {}): Promise<void> {
    await this._watch.until(
      () => this.openAnswers === 0 || undefined,
      timeout,
      () => `waited for all answers to be over; there were ${this.openAnswers} open`,
    )
  }

  async waitForSockets(count: number, { timeout = DEFAULT_TIMEOUT } = {}): Promise<void> {
    await this._watch.until(
      () => this.openSockets === count || undefined,
      timeout,
      () => `waited for ${count} open connections; there were ${this.openSockets}`,
    )
  }

  close(): Promise<void> {
    return (this._closing ??= this._close())
  }

  private async _close(): Promise<void> {
    const closed = new Promise((resolve) => this._server.close(resolve))
    this._connections.destroy()
    await closed
    this._watch.throwFailure()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
