import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CommandError, EXIT } from '../command-error.js'

/** Starts to listen and gives the address. @throws {CommandError} where the port or the host cannot be had. */
export async function listen(server: Server, port: number, host: string): Promise<string> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason =
      code === 'EADDRINUSE'
        ? 'it is taken; give another with --port, or 0 for any that is free'
        : (error as Error).message
    throw new CommandError(`cannot listen on ${host}:${port}: ${reason}`, EXIT.usage, error)
  }
  const { port: given } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${given}/`
}

/** Ends all connections and resolves once none is left. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
