import type { ServerSentEvent } from '../wire/types.js'
import type { StandardIssue, StandardSchemaV1 } from './standard-schema.js'

/** How the data of an event becomes a value: the decoder, under which name of the map, if it is one. */
export interface Decoding {
  key?: string
  /** Is given the whole event where there is no map, else the text. */
  decode(event: ServerSentEvent): unknown
}

type AnyDecoder = StandardSchemaV1 | ((input: never) => unknown)

/** Finds the decoding for an event; `undefined` for one that the map leaves out. */
export function decodings(decode: object): (type: string) => Decoding | undefined {
  if (typeof decode === 'function' || '~standard' in decode) {
    const all = decoding(decode as AnyDecoder, true)
    return () => all
  }
  const map = decode as Record<string, AnyDecoder>
  const made = new Map<string, Decoding>()
  return (type) => {
    const key = Object.hasOwn(map, type) ? type : '*'
    if (!Object.hasOwn(map, key)) return
    let found = made.get(key)
    if (!found) made.set(key, (found = { key, ...decoding(map[key]!, false) }))
    return found
  }
}

function decoding(decoder: AnyDecoder, isWhole: boolean): Decoding {
  // A schema may be a function too; what makes it one is the property.
  if ('~standard' in decoder) return { decode: async ({ data }) => validate(decoder, data) }
  return { decode: (event) => decoder((isWhole ? event : event.data) as never) }
}

/** Rejects with what `JSON.parse` throws, or with a `TypeError` that carries the `issues` of the schema. */
async function validate<T>(schema: StandardSchemaV1<unknown, T>, raw: string): Promise<T> {
  const result = await schema['~standard'].validate(JSON.parse(raw))
  if (!result.issues) return result.value
  throw Object.assign(new TypeError(result.issues.map(describe).join('; ')), { issues: result.issues })
}

function describe({ path = [], message }: StandardIssue): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return keys.length > 0 ? `${keys.join('.')}: ${message}` : message
}
