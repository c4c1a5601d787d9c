import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { EVENT, payload } from '../payload.mjs'

export function create() {
  const streams = new Set()
  let id = 0
  const app = new Hono().get('/', (context) =>
    streamSSE(context, (stream) => {
      streams.add(stream)
      void stream.write(':\n\n')
      return new Promise((resolve) => {
        stream.onAbort(() => {
          streams.delete(stream)
          resolve()
        })
      })
    }),
  )
  return {
    server: createAdaptorServer({ fetch: app.fetch }),
    connections: () => streams.size,
    publish() {
      const message = { event: EVENT, id: String(++id), data: JSON.stringify(payload()) }
      for (const stream of streams) void stream.writeSSE(message)
    },
  }
}
