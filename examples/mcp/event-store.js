import { randomUUID } from 'node:crypto'

const HOUR = 3_600_000

/**
 * Keeps what one session of an MCP server has sent in a store of runs, so that its client can go on after a lost
 * connection. Each of its streams is a run; an id is `STREAM/NUMBER`.
 */
export function createEventStore(store, session) {
  /** What this process has written to each stream: the last write, which the next one waits for. */
  const writes = new Map()

  async function claim(stream) {
    const token = randomUUID().replaceAll('-', '')
    await store.claim(`${session}/${stream}`, { token, lease: HOUR, keep: HOUR })
    return { token, count: 0 }
  }

  async function append(stream, before, message) {
    const { token, count } = (await before) ?? (await claim(stream))
    const state = await store.append(`${session}/${stream}`, token, count, [JSON.stringify(message)])
    if (state !== 'running') throw new Error(`The stream ${stream} is ${state}.`)
    return { token, count: count + 1 }
  }

  return {
    async storeEvent(stream, message) {
      const write = append(stream, writes.get(stream), message)
      writes.set(stream, write)
      return `${stream}/${(await write).count}`
    },

    async getStreamIdForEventId(id) {
      return /^(.+)\/\d+$/.exec(id)?.[1]
    },

    async replayEventsAfter(id, { send }) {
      const [, stream, number] = /^(.+)\/(\d{1,15})$/.exec(id) ?? []
      if (stream === undefined) throw new Error('There is no such event.')
      for (let count = Number(number); ;) {
        const page = (await store.read(`${session}/${stream}`, count))?.records ?? []
        if (page.length === 0) return stream
        for (const record of page) {
          const message = JSON.parse(record)
          count++
          // The first event of a stream has an id and no message.
          if ('jsonrpc' in message) await send(`${stream}/${count}`, message)
        }
      }
    },
  }
}
