import type { StandardIssue } from './standard-schema.js'
import type { Decoder } from './types.js'

/**
 * Turns the data of an event into a value. Rejects with what the decoder or `JSON.parse`
 * throws, or with a `TypeError` that carries the `issues` of the schema.
 */
export async function decodeData<T>(decoder: Decoder<T>, raw: string): Promise<T> {
  // A schema may be a function too; what makes it one is the property.
  if (!('~standard' in decoder)) return decoder(raw)
  const result = await decoder['~standard'].validate(JSON.parse(raw))
  if (!result.issues) return result.value
  throw Object.assign(new TypeError(result.issues.map(describe).join('; ')), { issues: result.issues })
}

function describe({ path = [], message }: StandardIssue): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return keys.length > 0 ? `${keys.join('.')}: ${message}` : message
}
