import type { TransportMessage } from '../server/channel/entry.js'
import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'

/** An entry as Redis gives it: its id, and names and values by turns. */
export type RawEntry = readonly [id: string, fields: readonly string[]]

/**
 * An entry that is not an event: `start` is a place to start from, at the beginning of an empty
 * stream or after a loss; at `break` the history was found to be missing entries that had been delivered.
 */
export type Mark = 'start' | 'break'

export interface StoredEntry {
  readonly id: string
  /** The channel it belongs to, `''` where the stream is not shared. */
  readonly channel: string
  readonly mark: string | undefined
  /** `undefined` where this is no event: a mark, or something that others put there. */
  readonly message: TransportMessage | undefined
  /** About its size. */
  readonly size: number
}

/** Bytes that an entry has beside its event. */
const OVERHEAD = 64

const YES = '1'

export function markFields(mark: Mark): string[] {
  return ['mark', mark]
}

/** The fields of an entry for an event. What has its usual value is left out. */
export function messageFields(channel: string, message: TransportMessage): string[] {
  const { event, data, json, topic, conflateKey, ephemeral, key } = message
  const fields = ['event', event, 'data', data]
  if (channel !== '') fields.push('channel', channel)
  if (json) fields.push('json', YES)
  if (topic !== undefined) fields.push('topic', topic)
  if (conflateKey !== undefined) fields.push('conflateKey', conflateKey)
  if (ephemeral) fields.push('ephemeral', YES)
  if (key !== undefined) fields.push('key', key)
  return fields
}

export function readEntry([id, fields]: RawEntry): StoredEntry {
  const values = new Map<string, string>()
  for (let index = 0; index + 1 < fields.length; index += 2) values.set(fields[index]!, fields[index + 1]!)
  const data = values.get('data')
  return {
    id,
    channel: values.get('channel') ?? '',
    mark: values.get('mark'),
    size: OVERHEAD + (data?.length ?? 0),
    message:
      data === undefined
        ? undefined
        : {
            event: values.get('event') ?? DEFAULT_EVENT_TYPE,
            data,
            json: values.get('json') === YES,
            topic: values.get('topic'),
            conflateKey: values.get('conflateKey'),
            ephemeral: values.get('ephemeral') === YES,
          },
  }
}

/** Whether all is the same, to the last field. */
export function isSame([id, fields]: RawEntry, [otherId, others]: RawEntry): boolean {
  return id === otherId && fields.length === others.length && fields.every((field, index) => field === others[index])
}

/** What XRANGE and XREVRANGE reply. */
export function readEntries(reply: unknown): StoredEntry[] {
  return ((reply ?? []) as RawEntry[]).map(readEntry)
}

export function sizeOf(entries: readonly StoredEntry[]): number {
  let size = 0
  for (const entry of entries) size += entry.size
  return size
}
