import type { StandardIssue, StandardResult } from './standard-schema.js'
import type { Decoder } from './types.js'

export interface Decoded<T> {
  readonly value: T
}

/**
 * Turns the data of an event into a value. Throws, or rejects, with what the decoder or `JSON.parse`
 * throws, or with a `TypeError` that carries the `issues` of the schema.
 */
export function decodeData<T>(decoder: Decoder<T>, raw: string): Decoded<T> | Promise<Decoded<T>> {
  // A schema may be a function too; what makes it one is the property.
  if (!('~standard' in decoder)) return { value: decoder(raw) }
  const result = decoder['~standard'].validate(JSON.parse(raw))
  return 'then' in result ? result.then(validOnly) : validOnly(result)
}

function validOnly<T>(result: StandardResult<T>): Decoded<T> {
  if (!result.issues) return result
  throw Object.assign(new TypeError(result.issues.map(describe).join('; ')), { issues: result.issues })
}

function describe({ path = [], message }: StandardIssue): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return keys.length > 0 ? `${keys.join('.')}: ${message}` : message
}
