import { connect } from '../../../dist/client/index.js'
import { createCutter } from './cutter.mjs'
import { answers } from './ports.mjs'
import { freePort } from '../../../scripts/lib/free-port.mjs'
import { start } from './program.mjs'
import { createPlan, SCRIPTS } from './scripts.mjs'
import { expectEqual, until } from './wait.mjs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One exchange of our client with a server of a peer, behind a connection that can be lost. */
export class ServerScene {
  #readings = []

  static async open(peer) {
    const port = await freePort()
    const server = await peer.serve(port, createPlan())
    return new ServerScene(peer, server, await createCutter(port))
  }

  constructor(peer, server, cutter) {
    this.peer = peer
    this.server = server
    this.cutter = cutter
  }

  /** What a message is to our client, as this server sends it. */
  expected(name) {
    return SCRIPTS[name].messages
  }

  read(name, options = {}) {
    const { path = `/${name}`, ...own } = this.peer.request?.(name) ?? {}
    const connection = connect(`http://127.0.0.1:${this.cutter.port}${path}`, { ...own, ...options })
    const reading = { events: [], error: undefined, connection }
    const text = this.peer.text ?? (({ data }) => data)
    const loop = async () => {
      for await (const { event, data, id } of connection) {
        const found = text({ event, data, id })
        if (found !== undefined) reading.events.push({ event, data: found, id })
      }
    }
    loop().catch((error) => (reading.error = error))
    this.#readings.push(reading)
    return reading
  }

  async has(reading, count) {
    await until(
      () => reading.events.length >= count,
      () =>
        `event ${count} did not arrive (${reading.events.length} did)${reading.error ? `: ${reading.error.message}` : ''}`,
    )
  }

  /** That these came, with the fields that this server can send. */
  expect({ events }, messages) {
    const fields = this.peer.fields ?? ['event', 'data', 'id']
    const only = ({ event = 'message', data, id }) =>
      Object.fromEntries(fields.map((name) => [name, { event, data, id }[name]]))
    expectEqual(events.map(only), messages.map(only), 'events')
  }

  async close() {
    await Promise.all(this.#readings.map(({ connection }) => connection.close()))
    await this.cutter.close()
    await this.server.close()
  }
}

/** A server that is a program: it gets its port and the file of the scripts as arguments. */
export const served = (command, args, options) => async (port) => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwire-interop-'))
  const file = join(folder, 'scripts.json')
  await writeFile(file, JSON.stringify(SCRIPTS))
  const program = start(command, [...args, String(port), file], options)
  await answers(port, program)
  return {
    async close() {
      await program.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** A server of Node's that listens, as the scene wants it. */
export const listening = async (server, port) => {
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A promise that is kept when the reader has gone. */
export const gone = (res) => new Promise((resolve) => res.once('close', resolve))
