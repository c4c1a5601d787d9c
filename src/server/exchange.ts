import type { ServerResponse } from 'node:http'
import { OptionError } from '../errors/option-error.js'
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
 * One request and the one answer to it, on Node and on the web alike. Of one owner, which answers once: with `reply`,
 * `pass`, or `openSink` and then `writeHead`. On the web the answer is `response` after that.
 */
export class Exchange {
  readonly request: EventRequest
  readonly #raw: Request | NodeRequest
  readonly #res: ServerResponse | undefined
  readonly #head: HeadSettings
  #body: ReadableStream | null = null
  #response: Response | undefined

  constructor(raw: Request | NodeRequest, res: NodeResponse | undefined, head: HeadSettings) {
    this.request = eventRequestOf(raw)
    this.#raw = raw
    // To TypeScript the two kinds of responses have no method in common.
    this.#res = res as ServerResponse | undefined
    this.#head = head
  }

  /** `undefined` on Node. */
  get response(): Response | undefined {
    return this.#response
  }

  /** The HTTP/2 session that it came by. */
  get session(): { close(): void; once(event: 'close', listener: () => void): unknown } | undefined {
    return (this.#res as { stream?: { session?: never } } | undefined)?.stream?.session
  }

  /** Whether the reader left. Nothing says so later: look after each wait, and before a sink is there. */
  get isGone(): boolean {
    const res = this.#res
    return res ? isNodeReaderGone(this.#raw as NodeRequest, res) : (this.#raw as Request).signal?.aborted === true
  }

  get isHead(): boolean {
    return this.request.method === 'HEAD'
  }

  /**
   * Answers what never is a stream, whoever asks: OPTIONS, a preflight among it, and unless it is `anyMethod`, methods
   * that streams are not asked for with. Gives whether it did.
   */
  answerMethod(anyMethod = false): boolean {
    const { method } = this.request
    if (method === 'OPTIONS') {
      this.reply(204, undefined, { ...ALLOW, ...this.#head.cors?.preflight(this.request) })
      return true
    }
    if (anyMethod || METHODS.test(method)) return false
    this.reply(405, 'Method Not Allowed\n', ALLOW)
    return true
  }

  /** Answers with text or, without one, a head. A HEAD request gets no body. */
  reply(status: number, text?: string, extra?: HeadFields): void {
    const { 'content-type': type, ...others } = { ...this.#fields(), ...extra }
    const kind = text === undefined ? status !== 204 && type : (extra?.['content-type'] ?? 'text/plain; charset=utf-8')
    const fields = kind ? { 'content-type': kind, ...others } : others
    if (this.#res) {
      this.#res.writeHead(status, fields)
      this.#res.end(text)
    } else {
      this.#response = new Response(this.isHead ? null : text, { status, headers: webHeaders(fields) })
    }
  }

  /** Answers with what a hook gave. Rejects where its body cannot be read. */
  async pass(response: Response): Promise<void> {
    const fields = this.#head.cors?.fields(this.request)
    if (this.#res) {
      const bytes = new Uint8Array(await response.arrayBuffer())
      if (this.isGone) return
      this.#res.writeHead(response.status, this.#merged({ ...fieldsOf(response.headers), ...fields }))
      this.#res.end(bytes)
    } else if (fields) {
      const { status, statusText, body } = response
      const headers = new Headers(response.headers)
      for (const [name, value] of Object.entries(fields)) {
        if (name === 'vary') headers.append(name, `${value}`)
        else headers.set(name, `${value}`)
      }
      this.#response = new Response(body, { status, statusText, headers })
    } else this.#response = response
  }

  /** The reader must be there still (`isGone`), in the same turn. */
  openSink(owner: SinkOwner): Sink {
    const res = this.#res
    if (res?.headersSent) throw new OptionError('res', 'is answered already')
    if (res) return createNodeSink(this.#raw as NodeRequest, res, owner)
    const web = createWebSink(owner, (this.#raw as Request).signal)
    this.#body = web.body
    return web.sink
  }

  /** The head of the stream, before the first write to the sink. It goes out at once where nothing is written. */
  writeHead(status: number): void {
    const fields = this.#fields()
    if (!this.#res) {
      this.#response = new Response(this.#body, { status, headers: webHeaders(fields) })
      return
    }
    this.#res.writeHead(status, fields)
    this.#res.flushHeaders()
  }

  /** The reader has left: on the web its host is owed a response all the same. */
  abandon(): void {
    this.#response ??= this.#res ? undefined : new Response(null, { headers: webHeaders(this.#fields()) })
  }

  /** After what cannot be answered any more. */
  destroy(): void {
    this.#res?.destroy()
  }

  #fields(): HeadFields {
    const { fields, cors } = this.#head
    return cors ? this.#merged({ ...fields, ...cors.fields(this.request) }, fields['vary']) : fields
  }

  /** What others have said before that answers vary with stays. */
  #merged(fields: HeadFields, ours?: string | string[]): HeadFields {
    const before = [this.#res?.getHeader('vary') ?? [], ours ?? []].flat()
    if (fields['vary'] === undefined || before.length === 0) return fields
    return { ...fields, vary: [...new Set([...before.map(String), fields['vary']].flat())].join(', ') }
  }
}
