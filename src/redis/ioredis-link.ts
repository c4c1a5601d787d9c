import { replyCode } from './failure.js'
import type { Link, LinkFactory } from './link.js'

/** What is needed of a client of ioredis. */
export interface IoredisClient {
  /** Sends any command. */
  call(command: string, ...args: never[]): Promise<unknown>
  /** Makes a client with the same options: the transport opens connections of its own, and leaves this one alone. */
  duplicate(override?: never): unknown
  /** Tells this client from one of node-redis. */
  readonly status: string
}

interface Ioredis {
  readonly options: { readonly keyPrefix?: string; readonly sentinels?: unknown }
  readonly status: string
  call(command: string, ...args: string[]): Promise<unknown>
  connect(): Promise<void>
  disconnect(): void
  duplicate(override: object): Ioredis
  on(event: 'error', listener: (error: Error) => void): void
  once(event: 'end', listener: () => void): void
}

/** Milliseconds a server has to answer a goodbye. */
const GOODBYE = 250

export function ioredisLinks(client: IoredisClient): LinkFactory {
  const original = client as unknown as Ioredis
  return {
    keyPrefix: String(original.options.keyPrefix ?? ''),
    create: (timeoutMs) => createLink(original, timeoutMs),
  }
}

function createLink(original: Ioredis, timeoutMs: number): Link {
  // Its own ways of trying again would publish an event twice, or hold one back until nobody wants it.
  const connection = original.duplicate({
    lazyConnect: true,
    retryStrategy: null,
    reconnectOnError: null,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    maxRetriesPerRequest: null,
    // With sentinels it makes sure that the server is the master; else it only asks whether it is loading.
    enableReadyCheck: Boolean(original.options.sentinels),
    commandTimeout: undefined,
    blockingTimeout: undefined,
    socketTimeout: undefined,
    connectTimeout: timeoutMs,
    disconnectTimeout: GOODBYE,
    keyPrefix: '',
    protocol: 2,
    replyMapping: 'legacy',
    monitor: false,
    // The first command is ours, so that a server without room for a connection answers us with the reason.
    disableClientInfo: true,
  })
  let cause: Error | undefined
  let gone: Promise<void> | undefined
  connection.on('error', (error) => (cause = error))
  return {
    async open() {
      try {
        await connection.connect()
      } catch (error) {
        throw cause ?? error
      }
    },
    get isOpen() {
      return connection.status === 'ready'
    },
    async send([command, ...args]) {
      try {
        return await connection.call(command!, ...args)
      } catch (error) {
        // That the connection is closed says less than what closed it.
        throw replyCode(error) ? error : (cause ?? error)
      }
    },
    close() {
      gone ??= new Promise((resolve) => {
        if (connection.status === 'end') return resolve()
        connection.once('end', resolve)
        connection.disconnect()
      })
      return gone
    },
  }
}
