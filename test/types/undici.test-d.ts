// Compiled by `npm run types`; nothing here is ever run. What undici has of its own is taken beside what the host has.
import type { Agent, fetch as undiciFetch, FormData as UndiciFormData, Headers as UndiciHeaders } from 'undici-types'
import { connect } from '../../src/client/connect.js'

declare const agent: Agent
declare const fetchOfUndici: typeof undiciFetch
declare const headers: UndiciHeaders
declare const form: UndiciFormData

const url = 'https://example.com/'

export const connections = [
  connect(url, { dispatcher: agent }),
  connect(url, { fetch: fetchOfUndici }),
  connect(url, { fetch: globalThis.fetch }),
  connect(url, { fetch: (at, init) => fetch(at, init) }),
  connect(url, { fetch: (at, init) => fetchOfUndici(at, { ...init, dispatcher: agent }) }),
  connect(url, { headers }),
  connect(url, { method: 'POST', body: form }),
  connect(url, { fetch: fetchOfUndici, decode: (event) => event.data.length }),
]

// @ts-expect-error an agent is an object
connect(url, { dispatcher: 'proxy' })
// @ts-expect-error a fetch gives a promise of a response
connect(url, { fetch: () => 5 })
