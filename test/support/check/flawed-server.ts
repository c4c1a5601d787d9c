import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NodeHandler } from '../servers/http.js'

/** What a server does wrong on purpose. */
export interface Flaws {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly corsHeaders?: string
  readonly noIds?: boolean
  readonly sameIds?: boolean
  readonly resume?: 'ignored' | 'repeats'
  readonly noGap?: boolean
  /** The number of the first event that is still there. */
  readonly first?: number
  readonly refusesOldIds?: boolean
  readonly silent?: boolean
  /** Of the first answer. */
  readonly lateHead?: boolean
  readonly neverOpens?: boolean
  readonly half?: boolean
  readonly endsInside?: boolean
  readonly length?: number
  readonly odd?: string
  readonly most?: number
  readonly raw?: boolean
  readonly options?: 'stream' | 'silent'
  readonly head?: 'never ended'
}

const EVENTS = 5
const BEAT_MS = 250
/** Later than the audit takes for prompt. */
const LATE_MS = 2200

/** A stream of five events and heartbeats, right but for its flaws. `/say?text=` echoes; `/moved` redirects. */
export function flawedServer(flaws: Flaws): NodeHandler {
  const readers = new Set<ServerResponse>()
  let isFirst = true
  return (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://localhost')
    if (url.pathname === '/moved') return response.writeHead(307, { location: '/' }).end()
    if (url.pathname === '/say') {
      for (const reader of readers) reader.write(echoed(url.searchParams.get('text')!, flaws))
      return response.end()
    }
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', flaws.corsHeaders ?? 'last-event-id')
    if (request.method === 'OPTIONS' && flaws.options === 'silent') return
    if (request.method === 'OPTIONS' && flaws.options === undefined) return response.writeHead(204).end()
    if (flaws.neverOpens) return
    const isFull = readers.size >= (flaws.most ?? Infinity)
    const isTooOld = flaws.refusesOldIds === true && !(numberAsked(request, flaws) >= 0)
    const length = flaws.length === undefined ? {} : { 'content-length': flaws.length }
    const head = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...length, ...flaws.headers }
    response.writeHead(isFull ? 503 : isTooOld ? 400 : (flaws.status ?? 200), head)
    if (request.method === 'HEAD') return flaws.head === 'never ended' ? response.flushHeaders() : response.end()
    if (isFull || isTooOld) return response.end()
    open(request, response, { ...flaws, lateHead: flaws.lateHead === true && isFirst })
    isFirst = false
    readers.add(response)
    response.on('close', () => readers.delete(response))
  }
}

function open(request: IncomingMessage, response: ServerResponse, flaws: Flaws): void {
  const say = (text: string): void => void response.write(text)
  if (!flaws.lateHead) {
    response.flushHeaders()
    say(':\n\n')
  }
  let beat: ReturnType<typeof setTimeout> | undefined
  // Between two there is a turn for sockets: timers of a process that was held up may run in a row.
  const later = (): void => void (beat = setTimeout(() => setImmediate(pulse), BEAT_MS))
  const pulse = (): void => {
    say(':\n\n')
    if (!response.closed) later()
  }
  if (!flaws.silent) later()
  const late = setTimeout(() => play(request, response, flaws), flaws.lateHead ? LATE_MS : 0)
  response.on('close', () => {
    clearTimeout(beat)
    clearTimeout(late)
  })
}

function play(request: IncomingMessage, response: ServerResponse, flaws: Flaws): void {
  const say = (text: string): void => void response.write(text)
  const asked = numberAsked(request, flaws)
  // A stream that takes no notice goes on with what is new.
  if (flaws.resume === 'ignored' && asked !== 0) return say('data: new\nid: 9\n\n')
  const first = flaws.first ?? 1
  if (Number.isNaN(asked) && !flaws.noGap) say('event: reset\ndata: {}\n\n')
  const next = Number.isNaN(asked) || asked === 0 ? first : asked + (flaws.resume === 'repeats' ? 0 : 1)
  for (let number = next; number < first + EVENTS; number++) {
    const id = flaws.noIds ? '' : `id: ${flaws.sameIds ? 'same' : number}\n`
    say(`data: ${number}\n${id}\n`)
  }
  if (flaws.odd) say(flaws.odd)
  if (flaws.half) say('data: the rest is in a buf')
  if (flaws.endsInside) response.end('data: the rest was los')
}

/** The event that a reader had last; 0 for none, NaN for one that is unknown or gone. */
function numberAsked({ headers }: IncomingMessage, { first = 1 }: Flaws): number {
  const id = headers['last-event-id']
  if (id === undefined) return 0
  const number = /^\d+$/.test(String(id)) ? Number(id) : Number.NaN
  return number >= first - 1 && number < first + EVENTS ? number : Number.NaN
}

function echoed(text: string, { raw }: Flaws): string {
  if (raw) return `data: ${text}\n\n`
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `${lines.join('')}\n`
}
