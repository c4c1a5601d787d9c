import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createParser } from 'eventwire/parser'
import { messageOf } from '../command-error.js'
import type { RequestOptions } from '../request-options.js'
import type { Tally } from './tally.js'

/** One connection of a load. It is counted once as open and once as failed at the most. */
export class LoadReader {
  readonly #request
  readonly #tally: Tally
  readonly #sentAt: string | undefined
  readonly #started = performance.now()
  readonly #timer
  #isOpen = false
  #isOver = false

  constructor(url: URL, options: RequestOptions & { timeout: number; sentAt: string | undefined }, tally: Tally) {
    const { method, headers, body, timeout, sentAt } = options
    this.#tally = tally
    this.#sentAt = sentAt
    this.#timer = setTimeout(() => this.#end('no answer in time'), timeout)
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest
    this.#request = open(url, { method, agent: false, headers: { accept: 'text/event-stream', ...headers } })
    this.#request.on('response', (response) => this.#read(response))
    this.#request.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? messageOf(error)))
    this.#request.end(body)
  }

  close(): void {
    this.#end(undefined)
  }

  #read(response: IncomingMessage): void {
    clearTimeout(this.#timer)
    response.on('error', () => this.#end('lost'))
    if (response.statusCode !== 200) return this.#end(`status ${response.statusCode}`)
    if (!/^text\/event-stream\b/i.test(response.headers['content-type'] ?? '')) return this.#end('no event stream')
    this.#isOpen = true
    this.#tally.opened(performance.now() - this.#started)
    let isFirst = true
    const parser = createParser({
      onEvent: ({ data }) => {
        if (isFirst) this.#tally.firstEvent(performance.now() - this.#started)
        isFirst = false
        this.#tally.event(this.#sentAt === undefined ? undefined : timeIn(data, this.#sentAt))
      },
    })
    response.on('data', (bytes: Uint8Array) => {
      this.#tally.bytes += bytes.length
      try {
        parser.feed(bytes)
      } catch (error) {
        this.#end(messageOf(error))
      }
    })
    response.on('end', () => this.#end('ended by the server'))
  }

  /** `reason` where it was not we who ended it. */
  #end(reason: string | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#request.destroy()
    if (this.#isOpen) this.#tally.open--
    if (reason !== undefined) this.#tally.failed(reason)
  }
}

function timeIn(data: string, field: string): number | undefined {
  try {
    const time = (JSON.parse(data) as Record<string, unknown>)[field]
    return typeof time === 'number' ? time : undefined
  } catch {
    return undefined
  }
}
