import type { ServerSentEvent } from '../wire/types.js'
import { referenceDecode } from './reference-utf8.js'

/** Options of `referenceParse` and `referenceTrace`. */
export interface ReferenceOptions {
  /** The last event ID to start from. Default `""`. */
  lastEventId?: string
}

/** One thing a stream tells its reader, in the order of the stream. */
export type ReferenceStep =
  | { type: 'event'; event: ServerSentEvent }
  /** All after the colon, as it stands. */
  | { type: 'comment'; text: string }
  /** The reconnection time in milliseconds. */
  | { type: 'retry'; ms: number }
  /** A block that carried a valid `id` has ended; comes before its event. */
  | { type: 'id'; id: string }

/** What `referenceTrace` gives: the same steps twice, in the order of the stream and sorted by kind. */
export interface ReferenceTrace {
  /** All there is, in the order of the stream. */
  steps: ReferenceStep[]
  /** The events, in order. */
  events: ServerSentEvent[]
  /** The comments: all after the colon, as it stands. */
  comments: string[]
  /** Milliseconds. */
  retries: number[]
  /** The id of each block that carried a valid one. */
  ids: string[]
  /** The last event ID once the stream has ended. */
  lastEventId: string
}

/**
 * The events of a whole stream, found by the letter of the standard (WHATWG HTML 9.2.5 and 9.2.6, UTF-8
 * of the Encoding Standard) and by nothing else: an oracle to test a parser against. It shares no code
 * with ours, it is slow, and it takes the stream in one piece.
 *
 * Text is taken as decoded already: one leading U+FEFF is dropped, lone surrogates stay as they are.
 *
 * Pure: keeps nothing, may be called from anywhere.
 *
 * @example
 * ```ts
 * import { parse } from 'eventwire/parser'
 * import { referenceParse } from 'eventwire/testing'
 *
 * const bytes = new TextEncoder().encode('id: 7\rdata: a\rdata: b\r\r')
 *
 * referenceParse(bytes) // => [{ event: 'message', data: 'a\nb', id: '7' }]
 * parse(bytes) // => [{ event: 'message', data: 'a\nb', id: '7' }]
 * ```
 */
export function referenceParse(source: Uint8Array | string, options?: ReferenceOptions): ServerSentEvent[] {
  return referenceTrace(source, options).events
}

/**
 * The same as `referenceParse` with all else a stream says: comments, reconnection times, ids, their
 * order, and the last event ID at the end.
 *
 * Pure: keeps nothing, may be called from anywhere.
 *
 * @example
 * ```ts
 * import { referenceTrace } from 'eventwire/testing'
 *
 * const trace = referenceTrace(': hi\nid: 7\nretry: 50\n\n')
 *
 * trace.comments // => [' hi']
 * trace.retries // => [50]
 * trace.lastEventId // => '7'
 * ```
 */
export function referenceTrace(source: Uint8Array | string, options: ReferenceOptions = {}): ReferenceTrace {
  const text = typeof source === 'string' ? withoutByteOrderMark(source) : referenceDecode(source)
  const steps: ReferenceStep[] = []

  let dataBuffer = ''
  let eventTypeBuffer = ''
  let lastEventIdBuffer = options.lastEventId ?? ''
  let lastEventIdString = lastEventIdBuffer
  let blockHasId = false

  // "Once the end of the file is reached, any pending data must be discarded": so only what is called
  // here, at the end of a line, has any effect.
  for (const line of completeLines(text)) {
    const colon = line.indexOf(':')
    if (line === '') {
      dispatch()
    } else if (colon === 0) {
      steps.push({ type: 'comment', text: line.slice(1) })
    } else if (colon > 0) {
      const value = line.slice(colon + 1)
      processField(line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value)
    } else {
      processField(line, '')
    }
  }

  function processField(name: string, value: string): void {
    if (name === 'event') {
      eventTypeBuffer = value
    } else if (name === 'data') {
      dataBuffer += value
      dataBuffer += '\n'
    } else if (name === 'id') {
      if (value.includes('\0')) return
      lastEventIdBuffer = value
      blockHasId = true
    } else if (name === 'retry') {
      if (isAsciiDigits(value)) steps.push({ type: 'retry', ms: Number(value) })
    }
  }

  function dispatch(): void {
    lastEventIdString = lastEventIdBuffer
    if (blockHasId) steps.push({ type: 'id', id: lastEventIdString })
    blockHasId = false

    if (dataBuffer === '') {
      eventTypeBuffer = ''
      return
    }
    const data = dataBuffer.endsWith('\n') ? dataBuffer.slice(0, -1) : dataBuffer
    const event = eventTypeBuffer === '' ? 'message' : eventTypeBuffer
    dataBuffer = ''
    eventTypeBuffer = ''
    steps.push({ type: 'event', event: { event, data, id: lastEventIdString } })
  }

  return {
    steps,
    events: steps.flatMap((step) => (step.type === 'event' ? [step.event] : [])),
    comments: steps.flatMap((step) => (step.type === 'comment' ? [step.text] : [])),
    retries: steps.flatMap((step) => (step.type === 'retry' ? [step.ms] : [])),
    ids: steps.flatMap((step) => (step.type === 'id' ? [step.id] : [])),
    lastEventId: lastEventIdString,
  }
}

function withoutByteOrderMark(text: string): string {
  return text.charAt(0) === '\uFEFF' ? text.slice(1) : text
}

/** `end-of-line = ( cr lf / cr / lf )`. What stands after the last one is no line yet. */
function completeLines(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (let position = 0; position < text.length; position += 1) {
    const unit = text.charAt(position)
    if (unit === '\r' || unit === '\n') {
      lines.push(line)
      line = ''
      if (unit === '\r' && text.charAt(position + 1) === '\n') position += 1
    } else {
      line += unit
    }
  }
  return lines
}

function isAsciiDigits(value: string): boolean {
  if (value === '') return false
  for (let position = 0; position < value.length; position += 1) {
    if (!'0123456789'.includes(value.charAt(position))) return false
  }
  return true
}
