// Compiled by `npm run types`; nothing here is ever run.
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { connect } from '../../src/client/connect.js'
import type { ConnectError } from '../../src/errors/connect-error.js'
import type { Attempt, CloseReason, Connection, EventMap, State, TypedEvent } from '../../src/client/types.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(isSame: Equal<A, B>): void

const url = 'https://example.com/'

async function text(): Promise<void> {
  const connection = connect(url)
  same<typeof connection, Connection<EventMap>>(true)
  for await (const event of connection) {
    same<typeof event.event, string>(true)
    same<typeof event.data, string>(true)
    same<typeof event.raw, string>(true)
    same<typeof event.origin, string>(true)
  }
  same<typeof connection.state, State>(true)
  same<typeof connection.opened, Promise<Response>>(true)
  same<typeof connection.closed, Promise<CloseReason>>(true)
  // @ts-expect-error what a connection says about itself is for reading
  connection.state = 'open'
  // @ts-expect-error
  connection.lastEventId = '1'
}

async function functions(): Promise<void> {
  const connection = connect(url, {
    decode: {
      delta: (raw) => ({ length: raw.length }),
      done: () => true,
      later: async (raw) => [raw],
    },
  })
  for await (const event of connection) {
    same<(typeof event)['event'], 'delta' | 'done' | 'later'>(true)
    if (event.event === 'delta') same<typeof event.data, { length: number }>(true)
    else if (event.event === 'later') same<typeof event.data, string[]>(true)
    else same<typeof event.data, boolean>(true)
    // @ts-expect-error no such event
    if (event.event === 'other') return
  }
}

async function schemas(): Promise<void> {
  const connection = connect(url, {
    decode: {
      zod: z.object({ n: z.number(), s: z.string().transform((s) => s.length) }),
      valibot: v.object({ text: v.string() }),
      arktype: type({ ok: 'boolean' }),
      function: (raw: string) => BigInt(raw),
    },
  })
  for await (const event of connection) {
    if (event.event === 'zod') same<typeof event.data, { n: number; s: number }>(true)
    else if (event.event === 'valibot') same<typeof event.data, { text: string }>(true)
    else if (event.event === 'arktype') same<typeof event.data, { ok: boolean }>(true)
    else same<typeof event.data, bigint>(true)
  }
}

interface Chat {
  delta: { text: string }
  done: { tokens: number }
}

async function forAllEvents(): Promise<void> {
  for await (const { event, data } of connect(url, { decode: z.object({ n: z.number() }) })) {
    same<typeof event, string>(true)
    same<typeof data, { n: number }>(true)
  }
  for await (const { data } of connect(url, { decode: async (event) => event.data.length })) {
    same<typeof data, number>(true)
  }
  // @ts-expect-error a function for all events is given the event, not its text
  connect(url, { decode: JSON.parse })
  const rest = connect(url, { decode: { tick: (raw) => Number(raw), '*': (raw) => [raw] } })
  for await (const event of rest) {
    if (event.key === 'tick') same<typeof event.data, number>(true)
    else same<typeof event.data, string[]>(true)
  }
}

function named(): void {
  const connection = connect<Chat>(url, {
    decode: { delta: (raw) => JSON.parse(raw) as { text: string }, done: z.object({ tokens: z.number() }) },
  })
  same<TypedEvent<Chat>['data'], { text: string } | { tokens: number }>(true)
  same<typeof connection, Connection<Chat>>(true)
  // @ts-expect-error an event of the map without its decoder would keep its text
  connect<Chat>(url, { decode: { delta: (raw) => JSON.parse(raw) as { text: string } } })
  // @ts-expect-error a decoder of another type
  connect<Chat>(url, { decode: { delta: () => 1, done: z.object({ tokens: z.number() }) } })
  // @ts-expect-error a schema of another type
  connect<Chat>(url, { decode: { delta: z.number(), done: z.object({ tokens: z.number() }) } })
}

function options(): void {
  connect(new URL(url), {
    method: 'POST',
    credentials: 'include',
    headers: [['a', 'b']],
    body: new FormData(),
    resume: { query: 'last' },
    reconnect: 'on-drop',
    backoff: { min: 1, max: 2, factor: 3, jitter: 0, attempts: 4, stableAfter: 5 },
    retryHint: { max: 1000 },
    pause: ['hidden', 'offline'],
    onInvalid: (event, error) => {
      same<typeof event, { event: string; data: string; id: string }>(true)
      same<typeof error, unknown>(true)
    },
    onState: ({ state, delay, error }) => {
      same<typeof state, State>(true)
      same<typeof delay, number | undefined>(true)
      same<typeof error, ConnectError | undefined>(true)
    },
  })
  connect(url, {
    headers: async ({ number, lastEventId, cause, signal }: Attempt) => ({
      a: `${number}${lastEventId}${cause?.kind}${signal.aborted}`,
    }),
    body: () => new ReadableStream(),
    fetch: (input: string, init: RequestInit) => fetch(input, init),
    retryIf: async (error) => (error.status === 401 ? 'end' : error.retryAfter),
    until: (event) => event.data === '[DONE]',
    retryHint: false,
    resume: false,
    onOpen: async () => {},
  })
  // @ts-expect-error
  connect(url, { reconnect: 'sometimes' })
  // @ts-expect-error
  connect(url, { resume: 'cookie' })
  // @ts-expect-error
  connect(url, { pause: ['asleep'] })
  // @ts-expect-error
  connect(url, { backoff: { base: 1 } })
  // @ts-expect-error
  connect(url, { onInvalid: 'ignore' })
  // @ts-expect-error
  connect(url, { retryIf: () => 'retry' })
  // @ts-expect-error
  connect(url, { timeout: 1 })
  // @ts-expect-error a Request holds a body that can be sent once
  connect(new Request(url))
}

void [text, functions, forAllEvents, schemas, named, options]
