// The options of `connect()`, with whichever library of types there is. Compiled, never run.
import { connect } from 'eventwire/client'
import type { ConnectOptions } from 'eventwire/client'
import type { Agent, fetch as undiciFetch } from 'undici-types'

const url = 'https://example.com/'
declare const agent: Agent
declare const fetchOfUndici: typeof undiciFetch

connect(url, { dispatcher: agent })
connect(url, { fetch: fetchOfUndici })
connect(url, { fetch: globalThis.fetch })
connect(url, { fetch: (at, init) => fetch(at, init) })

/** As a caller hands on what it was given itself. */
export const handedOn = (given: { [K in keyof ConnectOptions]?: ConnectOptions[K] | undefined }): void => {
  connect(url, given)
}
connect(url, { decode: undefined, until: undefined, position: undefined, resume: undefined, signal: undefined })
connect(url, { backoff: { min: undefined }, retryHint: { max: undefined }, method: undefined, body: undefined })

export async function decoded(): Promise<void> {
  for await (const { data } of connect(url, { decode: (event) => event.data.length })) data.toFixed()
  for await (const event of connect(url, { decode: { tick: (raw) => Number(raw), done: () => true } })) {
    if (event.event === 'tick') event.data.toFixed()
    else event.data satisfies boolean
  }
  for await (const event of connect(url, { decode: { tick: (raw) => Number(raw), '*': (raw) => [raw] } })) {
    if (event.key === 'tick') event.data.toFixed()
    else event.data satisfies string[]
  }
  // @ts-expect-error a function for all events is given the event, not its text
  connect(url, { decode: JSON.parse })
}
