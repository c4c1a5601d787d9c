import { Commands } from './commands.js'
import type { LinkFactory } from './link.js'
import { linksOf, type RedisClient } from './links-of.js'
import { StreamReader, type StreamReaderOptions } from './stream-reader.js'

interface Counted<T> {
  readonly value: T
  users: number
}

/** What all transports with the same client have in common. */
interface Shared {
  readonly links: LinkFactory
  readonly commands: Counted<Commands>
  readonly readers: Map<string, Counted<StreamReader>>
}

const byClient = new WeakMap<RedisClient, Shared>()

/** What one transport uses; all of it is closed when the last one lets go. */
export interface Use {
  readonly commands: Commands
  /** With the prefix of the client. */
  readonly key: string
  readonly reader: StreamReader
  release(): Promise<void>
}

/** @throws {OptionError} for a client of an unknown kind. */
export function use(client: RedisClient, key: string, limits: Omit<StreamReaderOptions, 'links' | 'key'>): Use {
  const shared = byClient.get(client) ?? create(client)
  const { links, commands, readers } = shared
  const fullKey = links.keyPrefix + key
  let reader = readers.get(fullKey)
  if (!reader) {
    reader = { value: new StreamReader({ links, key: fullKey, ...limits }), users: 0 }
    readers.set(fullKey, reader)
  }
  const held = reader
  commands.users++
  held.users++
  return {
    commands: commands.value,
    key: fullKey,
    reader: held.value,
    async release() {
      const closing: Promise<void>[] = []
      if (--held.users === 0) {
        readers.delete(fullKey)
        closing.push(held.value.close())
      }
      if (--commands.users === 0) {
        byClient.delete(client)
        closing.push(commands.value.close())
      }
      await Promise.all(closing)
    },
  }
}

function create(client: RedisClient): Shared {
  const links = linksOf(client)
  const shared = { links, commands: { value: new Commands(links), users: 0 }, readers: new Map() }
  byClient.set(client, shared)
  return shared
}
