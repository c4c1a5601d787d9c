import { encode, type EventMessage } from 'eventwire/encoder'
import { createParser } from 'eventwire/parser'
import { CommandError, EXIT, messageOf } from '../command-error.js'
import type { Format } from './guess-format.js'

/** What takes text of a format, in pieces, and hands on the events in it. */
export interface EventReader {
  feed(text: string): void
  end(): void
}

/**
 * Reads one input. `feed` and `end` throw a `CommandError` that names the line for what is no event; events
 * before it have been handed on.
 */
export function createEventReader(format: Format, name: string, onEvent: (event: EventMessage) => void): EventReader {
  if (format === 'sse') return readStream(onEvent)
  return readLines((line, number) => {
    if (line.trim() === '') return
    const event = format === 'lines' ? { data: line } : messageOfJson(line, `${name}, line ${number}`)
    check(event, `${name}, line ${number}`)
    onEvent(event)
  })
}

function readStream(onEvent: (event: EventMessage) => void): EventReader {
  let before = ''
  const parser = createParser({
    // The last event ID goes on from event to event; an id of its own has only the event that brings another.
    onEvent({ event, data, id }) {
      onEvent({ ...(event !== 'message' && { event }), data, ...(id !== before && { id }) })
      before = id
    },
  })
  // People leave out the last blank line; what they wrote above it is an event all the same.
  return { feed: (text) => parser.feed(text), end: () => parser.feed('\n\n') }
}

function readLines(onLine: (line: string, number: number) => void): EventReader {
  let rest = ''
  let number = 0
  return {
    feed(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) onLine(line.replace(/\r$/, ''), ++number)
    },
    end() {
      if (rest !== '') onLine(rest, ++number)
      rest = ''
    },
  }
}

const FIELDS = new Set(['event', 'data', 'id', 'retry', 'comment'])

/** An object of the wire's own field names is a message; any other value is data. */
function messageOfJson(line: string, where: string): EventMessage {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new CommandError(`${where}: ${messageOf(error)}`, EXIT.usage, error)
  }
  const isMessage =
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'data') &&
    Object.keys(value).every((key) => FIELDS.has(key))
  if (!isMessage) return { data: line }
  const { data, ...fields } = value as { data: unknown }
  return { ...fields, data: typeof data === 'string' ? data : JSON.stringify(data) }
}

function check(event: EventMessage, where: string): void {
  try {
    encode(event)
  } catch (error) {
    throw new CommandError(`${where}: ${messageOf(error)}`, EXIT.usage, error)
  }
}
