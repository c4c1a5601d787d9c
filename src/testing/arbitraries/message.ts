import fc from 'fast-check'
import type { EventMessage } from '../../wire/types.js'
import { carriedText } from './text.js'

/**
 * Messages that `encode` takes, `strict` too: whatever is in them reaches the reader unchanged.
 *
 * Every field comes and goes; text is well-formed and without a CR. Shrinks towards few fields with
 * short values.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { encode } from 'eventwire/encoder'
 * import { parse } from 'eventwire/parser'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 *
 * fc.assert(
 *   fc.property(arbitraries.message(), (message) => parse(encode(message))[0]?.data === message.data),
 * )
 * ```
 */
export function message(): fc.Arbitrary<EventMessage> {
  return fc
    .record(
      {
        data: carriedText(),
        event: fc.oneof(oneLine(), fc.constantFrom('message', '')),
        id: fc.oneof(oneLine().map(trimmed), fc.maxSafeNat()),
        retry: fc.maxSafeNat(),
        comment: carriedText(),
      },
      { requiredKeys: [] },
    )
    .map(encodable)
}

const oneLine = (): fc.Arbitrary<string> => carriedText().map((text) => text.replaceAll(/[\n\0]/g, ''))

/** A request header keeps no white space at its ends, so an id has none. */
const trimmed = (text: string): string => text.replaceAll(/^[\t ]+|[\t ]+$/g, '')

/** A type alone, and nothing at all, make no block. */
function encodable(fields: EventMessage): EventMessage {
  const needsData = Object.keys(fields).every((name) => name === 'event') || fields.event !== undefined
  return needsData ? { data: '', ...fields } : fields
}
