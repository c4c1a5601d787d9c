import { Commands } from './commands.js'
import { FollowedStream, type FollowedStreamOptions } from './followed-stream.js'
import type { LinkFactory } from './link.js'
import { linksOf, type RedisClient } from './links-of.js'
import { StreamReader } from './stream-reader.js'

/** What everything in the process with the same client has in common. */
interface Shared {
  readonly links: LinkFactory
  readonly commands: Commands
  readonly reader: StreamReader
  readonly streams: Map<string, { readonly stream: FollowedStream; users: number }>
  users: number
}

const byClient = new WeakMap<RedisClient, Shared>()

/** The two connections for a client: one for commands, one that waits for streams. Each is opened when it is needed. */
export interface Share {
  readonly commands: Commands
  readonly reader: StreamReader
  /** What the client puts before all keys. */
  readonly keyPrefix: string
  /** To be called once. The last one to let go closes the connections, and waits for that. */
  release(): Promise<void>
}

/** @throws {OptionError} for a client of an unknown kind. */
export function share(client: RedisClient): Share {
  const shared = byClient.get(client) ?? create(client)
  shared.users++
  const { links, commands, reader } = shared
  return { commands, reader, keyPrefix: links.keyPrefix, release: () => release(client, shared) }
}

/** What one channel uses. */
export interface Use {
  readonly commands: Commands
  /** With the prefix of the client. */
  readonly key: string
  readonly stream: FollowedStream
  release(): Promise<void>
}

/** @throws {OptionError} for a client of an unknown kind. */
export function use(client: RedisClient, options: FollowedStreamOptions): Use {
  const held = share(client)
  const { streams } = byClient.get(client)!
  const key = held.keyPrefix + options.key
  const own = streams.get(key) ?? { stream: new FollowedStream(held.reader, { ...options, key }), users: 0 }
  streams.set(key, own)
  own.users++
  return {
    commands: held.commands,
    key,
    stream: own.stream,
    async release() {
      const isLast = --own.users === 0
      if (isLast) streams.delete(key)
      await Promise.all([isLast && own.stream.close(), held.release()])
    },
  }
}

function create(client: RedisClient): Shared {
  const links = linksOf(client)
  const commands = new Commands(links)
  const shared = { links, commands, reader: new StreamReader(links, commands), streams: new Map(), users: 0 }
  byClient.set(client, shared)
  return shared
}

async function release(client: RedisClient, shared: Shared): Promise<void> {
  if (--shared.users > 0) return
  byClient.delete(client)
  await Promise.all([shared.reader.close(), shared.commands.close()])
}
