import type { Link, LinkFactory } from './link.js'

/** What is needed of a client of node-redis. */
export interface NodeRedisClient {
  /** Sends any command. */
  sendCommand(args: never): Promise<unknown>
  /** Makes a client with the same options: the transport opens connections of its own, and leaves this one alone. */
  duplicate(overrides?: never): unknown
  /** Tells this client from one of ioredis. */
  readonly isPubSubActive: boolean
}

interface NodeRedis {
  readonly options?: { readonly keyPrefix?: string; readonly socket?: object }
  readonly isReady: boolean
  connect(): Promise<unknown>
  destroy(): void
  duplicate(overrides: object): NodeRedis
  on(event: 'error' | 'connect', listener: () => void): void
  sendCommand(args: readonly string[]): Promise<unknown>
}

export function nodeRedisLinks(client: NodeRedisClient): LinkFactory {
  const original = client as unknown as NodeRedis
  return {
    keyPrefix: original.options?.keyPrefix ?? '',
    create: (timeoutMs) => createLink(original, timeoutMs),
  }
}

function createLink(original: NodeRedis, timeoutMs: number): Link {
  // Its own ways of trying again would hold events back until nobody wants them.
  const connection = original.duplicate({
    socket: {
      ...original.options?.socket,
      reconnectStrategy: false,
      connectTimeout: timeoutMs,
      socketTimeout: undefined,
    },
    RESP: 2,
    // What needs the newer protocol, which replies in other shapes.
    clientSideCache: undefined,
    emitInvalidate: undefined,
    maintNotifications: 'disabled',
    commandOptions: { timeout: undefined },
    commandsQueueMaxLength: undefined,
    disableOfflineQueue: true,
    pingInterval: undefined,
    // The first command is ours, so that a server without room for a connection answers us with the reason.
    disableClientInfo: true,
  })
  let opening: Promise<unknown> | undefined
  let gone: Promise<void> | undefined
  // The sender of a command is told by the rejection of that command.
  connection.on('error', () => {})
  const connected = new Promise<void>((resolve) => connection.on('connect', resolve))
  let abandon!: (reason: Error) => void
  const abandoned = new Promise<never>((_, reject) => (abandon = reject))
  abandoned.catch(() => {})

  const close = async (): Promise<void> => {
    // Before there is a socket, none would be closed, and one would be opened.
    if (opening) await Promise.race([connected, opening.catch(() => {})])
    try {
      connection.destroy()
    } catch {
      // It has closed itself.
    }
    // Some versions say nothing of an opening that is cut short.
    abandon(new Error('The connection was closed.'))
  }

  return {
    async open() {
      opening = connection.connect()
      await Promise.race([opening, abandoned])
    },
    get isOpen() {
      return connection.isReady
    },
    send: (args) => connection.sendCommand(args),
    close: () => (gone ??= close()),
  }
}
