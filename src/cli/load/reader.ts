import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createParser } from 'eventwire/parser'
import { messageOf } from '../command-error.js'
import type { RequestOptions } from '../request-options.js'
import type { Tally } from './tally.js'

/** One connection of a load. It is counted once as open and once as failed at the most. */
export class LoadReader {
  private readonly _request
  private readonly _tally: Tally
  private readonly _sentAt: string | undefined
  private readonly _started = performance.now()
  private readonly _timer
  private _isOpen = false
  private _isOver = false

  constructor(url: URL, options: RequestOptions & { timeout: number; sentAt: string | undefined }, tally: Tally) {
    const { method, headers, body, timeout, sentAt } = options
    this._tally = tally
    this._sentAt = sentAt
    this._timer = setTimeout(() => this._end('no answer in time'), timeout)
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest
    this._request = open(url, { method, agent: false, headers: { accept: 'text/event-stream', ...headers } })
    this._request.on('response', (response) => this._read(response))
    this._request.on('error', (error: NodeJS.ErrnoException) => this._end(reasonOf(error)))
    this._request.end(body)
  }

  close(): void {
    this._end(undefined)
  }

  private _read(response: IncomingMessage): void {
    clearTimeout(this._timer)
    response.on('error', () => this._end('lost'))
    if (response.statusCode !== 200) return this._end(`status ${response.statusCode}`)
    const type = response.headers['content-type']
    if (!/^text\/event-stream\b/i.test(type ?? '')) return this._end(`content type ${type ?? 'missing'}`)
    this._isOpen = true
    this._tally.opened(performance.now() - this._started)
    let isFirst = true
    const parser = createParser({
      onEvent: ({ data }) => {
        if (isFirst) this._tally.firstEvent(performance.now() - this._started)
        isFirst = false
        this._tally.event(this._sentAt === undefined ? undefined : timeIn(data, this._sentAt))
      },
    })
    response.on('data', (bytes: Uint8Array) => {
      this._tally.bytes += bytes.length
      try {
        parser.feed(bytes)
      } catch (error) {
        this._end(messageOf(error))
      }
    })
    response.on('end', () => this._end('ended by the server'))
  }

  /** `reason` where it was not we who ended it. */
  private _end(reason: string | undefined): void {
    if (this._isOver) return
    this._isOver = true
    clearTimeout(this._timer)
    this._request.destroy()
    if (this._isOpen) this._tally.open--
    if (reason !== undefined) this._tally.failed(reason)
  }
}

/** What this machine refuses, with what to do about it. */
const REFUSALS: Record<string, string> = {
  EMFILE: 'EMFILE, too many open files: raise ulimit -n',
  EADDRNOTAVAIL: 'EADDRNOTAVAIL, no local port is left: use several machines or addresses',
}

function reasonOf(error: NodeJS.ErrnoException): string {
  const code = error.code ?? messageOf(error)
  return REFUSALS[code] ?? code
}

function timeIn(data: string, field: string): number | undefined {
  try {
    const time = (JSON.parse(data) as Record<string, unknown>)[field]
    return typeof time === 'number' ? time : undefined
  } catch {
    return undefined
  }
}
