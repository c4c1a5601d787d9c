import type { ServerResponse } from 'node:http'
import { checkUnsent } from './handed.js'
import type { Cors } from './cors.js'
import { eventRequestOf, type EventRequest } from './event-request.js'
import { createNodeSink, isNodeReaderGone } from './node-sink.js'
import type { NodeRequest, NodeResponse } from './node-types.js'
import { fieldsOf, webHeaders, type HeadFields } from './response-head.js'
import type { Sink, SinkOwner } from './sink.js'
import { createWebSink } from './web-sink.js'

/** What the heads of all answers of one stream, channel or run have in common. */
export interface HeadSettings {
  /** Those of the event stream. */
  readonly fields: HeadFields
  readonly cors: Cors | undefined
}

/** What a stream may be asked for with. */
const METHODS = /^(GET|HEAD|POST|QUERY)$/
const ALLOW: HeadFields = { allow: 'GET, HEAD, POST, QUERY, OPTIONS' }

/**
 * One request and the one answer to it, on Node and on the web alike. It has one owner, which answers once: with
 * `reply`, `pass`, or `openSink` and then `writeHead`. On the web the answer is `response` after that.
 */
export class Exchange {
  readonly request: EventRequest
  private readonly _raw: Request | NodeRequest
  private readonly _res: ServerResponse | undefined
  private readonly _head: HeadSettings
  private _body: ReadableStream | null = null
  private _response: Response | undefined

  constructor(raw: Request | NodeRequest, res: NodeResponse | undefined, head: HeadSettings) {
    this.request = eventRequestOf(raw)
    this._raw = raw
    // To TypeScript the two kinds of responses have no method in common.
    this._res = res as ServerResponse | undefined
    this._head = head
  }

  /** `undefined` on Node. */
  get response(): Response | undefined {
    return this._response
  }

  /** The HTTP/2 session that it came by. */
  get session(): { close(): void; once(event: 'close', listener: () => void): unknown } | undefined {
    return (this._res as { stream?: { session?: never } } | undefined)?.stream?.session
  }

  /** Whether the reader left. Nothing says so later: look after each wait, and before a sink is there. */
  get isGone(): boolean {
    const res = this._res
    return res ? isNodeReaderGone(this._raw as NodeRequest, res) : (this._raw as Request).signal?.aborted === true
  }

  get isHead(): boolean {
    return this.request.method === 'HEAD'
  }

  /**
   * Answers requests that never get a stream: OPTIONS, preflights among them, and, without `anyMethod`, methods that no
   * stream is asked for with. Gives whether it has answered.
   */
  answerMethod(anyMethod = false): boolean {
    const { method } = this.request
    if (method === 'OPTIONS') {
      this.reply(204, undefined, { ...ALLOW, ...this._head.cors?.preflight(this.request) })
      return true
    }
    if (anyMethod || METHODS.test(method)) return false
    this.reply(405, 'Method Not Allowed\n', ALLOW)
    return true
  }

  /** Answers with text or, without one, a head. A HEAD request gets no body. */
  reply(status: number, text?: string, extra?: HeadFields): void {
    const { 'content-type': type, ...others } = { ...this._fields(), ...extra }
    const kind = text === undefined ? status !== 204 && type : (extra?.['content-type'] ?? 'text/plain; charset=utf-8')
    const fields = kind ? { 'content-type': kind, ...others } : others
    if (this._res) {
      this._res.writeHead(status, fields)
      this._res.end(text)
    } else {
      this._response = new Response(this.isHead ? null : text, { status, headers: webHeaders(fields) })
    }
  }

  /** Answers with what a hook gave. Rejects where its body cannot be read. */
  async pass(response: Response): Promise<void> {
    const fields = this._head.cors?.fields(this.request)
    if (this._res) {
      const bytes = new Uint8Array(await response.arrayBuffer())
      if (this.isGone) return
      this._res.writeHead(response.status, this._merged({ ...fieldsOf(response.headers), ...fields }))
      this._res.end(bytes)
    } else if (fields) {
      const { status, statusText, body } = response
      const headers = new Headers(response.headers)
      for (const [name, value] of Object.entries(fields)) {
        if (name === 'vary') headers.append(name, `${value}`)
        else headers.set(name, `${value}`)
      }
      this._response = new Response(body, { status, statusText, headers })
    } else this._response = response
  }

  /** The reader must be there still (`isGone`), in the same turn. */
  openSink(owner: SinkOwner): Sink {
    const res = this._res
    checkUnsent(res)
    if (res) return createNodeSink(this._raw as NodeRequest, res, owner)
    const web = createWebSink(owner, (this._raw as Request).signal)
    this._body = web.body
    return web.sink
  }

  /** The head of the stream, before the first write to the sink. It goes out at once where nothing is written. */
  writeHead(status: number): void {
    const fields = this._fields()
    if (!this._res) {
      this._response = new Response(this._body, { status, headers: webHeaders(fields) })
      return
    }
    this._res.writeHead(status, fields)
    this._res.flushHeaders()
  }

  /** The reader has left: on the web its host is owed a response all the same. */
  abandon(): void {
    this._response ??= this._res ? undefined : new Response(null, { headers: webHeaders(this._fields()) })
  }

  /** After what cannot be answered any more. */
  destroy(): void {
    this._res?.destroy()
  }

  private _fields(): HeadFields {
    const { fields, cors } = this._head
    return cors ? this._merged({ ...fields, ...cors.fields(this.request) }, fields['vary']) : fields
  }

  /** What others have said before that answers vary with stays. */
  private _merged(fields: HeadFields, ours?: string | string[]): HeadFields {
    const before = [this._res?.getHeader('vary') ?? [], ours ?? []].flat()
    if (fields['vary'] === undefined || before.length === 0) return fields
    return { ...fields, vary: [...new Set([...before.map(String), fields['vary']].flat())].join(', ') }
  }
}
