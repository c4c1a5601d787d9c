import { encode } from '../../encoder/encode.js'

/** A place alone. Many readers take an id with data alone: for them it is an event, of the type that `positionEvent` names. */
export function encodePosition(id: string, event: string | undefined): string {
  return encode(event === undefined ? { id } : { event, id, data: '' })
}
