import { COLON, DEFAULT_EVENT_TYPE, LF, SPACE } from '../wire/constants.js'
import { parseReconnectionTime } from '../wire/field-rules.js'
import { overflow } from './state.js'
import type { ParserState } from './state.js'
import { detach } from './text-pile.js'

const D = 0x64
const E = 0x65
const I = 0x69
const R = 0x72

/**
 * Interprets `text` line by line (WHATWG HTML 9.2.6) and leaves in `state.position` how far it came: to
 * the start of the line that `text` does not end, to its end, or to where a callback threw. The rest
 * belongs to the caller, unless a callback has reset the parser (`state.epoch` moved).
 *
 * The state lives in local variables here, which engines keep in registers; fields would be
 * read and written again for every line.
 */
export function scan(state: ParserState, text: string): void {
  const { callbacks, maxEventSize, epoch, chunkLength } = state
  const { onEvent, onComment, onRetry, onId } = callbacks
  const length = text.length
  let { lastEventId, eventType, blockId, size } = state
  let lines: string[] = []
  let earlierData = !state.data.isEmpty
  let position = 0
  let lf = -1
  let cr = text.indexOf('\r')
  if (cr === -1) cr = length

  try {
    while (position < length) {
      if (lf < position && (lf = text.indexOf('\n', position)) === -1) lf = length
      if (cr < position && (cr = text.indexOf('\r', position)) === -1) cr = length
      const lineEnd = lf < cr ? lf : cr
      if (lineEnd === length) break
      let next = lineEnd + 1
      if (lineEnd === cr) {
        if (next === length) state.skipLf = true
        else if (text.charCodeAt(next) === LF) next++
      }

      if (lineEnd === position) {
        if (blockId !== undefined) {
          state.lastEventId = lastEventId = blockId
          blockId = undefined
          // Not past the blank line yet: should onId throw, the event is still due.
          onId?.(lastEventId)
          if (state.epoch !== epoch) return
        }
        position = next
        const type = eventType === '' ? DEFAULT_EVENT_TYPE : eventType
        eventType = ''
        size = 0
        if (lines.length === 0 && !earlierData) continue
        let data = lines.length === 1 ? lines[0]! : lines.join('\n')
        if (earlierData) {
          if (lines.length !== 0) state.data.push(data)
          data = state.data.take()
          earlierData = false
        }
        lines = []
        if (onEvent !== undefined) {
          onEvent({ event: type, data, id: lastEventId })
          if (state.epoch !== epoch) return
        }
        continue
      }

      const start = position
      position = next
      switch (text.charCodeAt(start)) {
        case D: {
          const value = valueStart(text, start, 'data', lineEnd)
          if (value === -1) break
          const isFirst = lines.length === 0 && !earlierData
          size += lineEnd - value + (isFirst ? 0 : 1)
          if (size > maxEventSize) overflow(state)
          // One data line and the end of its block, which is what most events are, in one step.
          if (isFirst && blockId === undefined && next < length && text.charCodeAt(next) === LF) {
            position = next + 1
            const type = eventType === '' ? DEFAULT_EVENT_TYPE : eventType
            eventType = ''
            size = 0
            if (onEvent !== undefined) {
              onEvent({ event: type, data: text.slice(value, lineEnd), id: lastEventId })
              if (state.epoch !== epoch) return
            }
            break
          }
          lines.push(text.slice(value, lineEnd))
          break
        }
        case E: {
          const value = valueStart(text, start, 'event', lineEnd)
          if (value === -1) break
          size += lineEnd - value
          if (size > maxEventSize) overflow(state)
          eventType = text.slice(value, lineEnd)
          break
        }
        case I: {
          const value = valueStart(text, start, 'id', lineEnd)
          if (value === -1) break
          size += lineEnd - value
          if (size > maxEventSize) overflow(state)
          const id = text.slice(value, lineEnd)
          if (id.indexOf('\0') === -1) blockId = id
          break
        }
        case R: {
          const value = valueStart(text, start, 'retry', lineEnd)
          if (value === -1) break
          size += lineEnd - value
          if (size > maxEventSize) overflow(state)
          if (onRetry === undefined) break
          const ms = parseReconnectionTime(text.slice(value, lineEnd))
          if (ms === undefined) break
          onRetry(ms)
          if (state.epoch !== epoch) return
          break
        }
        case COLON: {
          if (onComment === undefined) break
          if (size + lineEnd - start - 1 > maxEventSize) overflow(state)
          onComment(text.slice(start + 1, lineEnd))
          if (state.epoch !== epoch) return
        }
      }
    }
  } finally {
    if (state.epoch === epoch) {
      state.position = position
      state.eventType = eventType === '' ? '' : detach(eventType, chunkLength)
      state.blockId = blockId === undefined ? undefined : detach(blockId, chunkLength)
      state.lastEventId = lastEventId === '' ? '' : detach(lastEventId, chunkLength)
      state.size = size
      if (lines.length !== 0) state.data.push(detach(lines.join('\n'), chunkLength))
    }
  }
}

/** Where the value of the field `name` starts in the line; -1 if the line is of another field. */
function valueStart(text: string, start: number, name: string, lineEnd: number): number {
  let at = start + 1
  for (let i = 1; i < name.length; i++, at++) {
    if (text.charCodeAt(at) !== name.charCodeAt(i)) return -1
  }
  if (at === lineEnd) return at
  if (text.charCodeAt(at) !== COLON) return -1
  return text.charCodeAt(at + 1) === SPACE ? at + 2 : at + 1
}
