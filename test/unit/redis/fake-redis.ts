import type { Link, LinkFactory } from '../../../src/redis/link.js'
import { compareStreamIds } from '../../../src/redis/stream-id.js'

type Stored = [id: string, fields: string[]]

/** The stream that calls without a key are about. */
const KEY = 'key'

/** As much of Redis as the transport uses, with faults at will. */
export class FakeRedis implements LinkFactory {
  readonly keyPrefix = ''
  readonly links: FakeLink[] = []
  /** The commands that were sent, without arguments. */
  readonly sent: string[] = []
  readonly streams = new Map<string, Stored[]>()
  /** Milliseconds, by the clock of Redis. */
  clock = 1_000_000
  /** `down` refuses connections, `silent` answers nothing. */
  state: 'up' | 'down' | 'silent' = 'up'
  /** Called before each command; what it throws is the answer. */
  before: (command: string, args: readonly string[]) => void = () => {}
  readonly #waiting = new Set<() => void>()

  create(): FakeLink {
    const link = new FakeLink(this)
    this.links.push(link)
    return link
  }

  get entries(): Stored[] {
    return this.stream(KEY)
  }

  set entries(entries: Stored[]) {
    this.streams.set(KEY, entries)
  }

  get open(): number {
    return this.links.filter(({ isOpen }) => isOpen).length
  }

  /** Loses all connections. */
  cut(): void {
    for (const link of this.links) link.lose()
  }

  add(...fields: string[]): string {
    return this.addTo(KEY, ...fields)
  }

  addTo(key: string, ...fields: string[]): string {
    const entries = this.stream(key)
    const last = entries.at(-1)?.[0]
    const now = `${this.clock}-0`
    const id = last && compareStreamIds(last, now) >= 0 ? last.replace(/\d+$/, (n) => String(Number(n) + 1)) : now
    entries.push([id, fields])
    for (const wake of this.#waiting) wake()
    return id
  }

  stream(key: string): Stored[] {
    const entries = this.streams.get(key) ?? []
    this.streams.set(key, entries)
    return entries
  }

  async run([command, ...args]: readonly string[]): Promise<unknown> {
    this.sent.push(command!)
    this.before(command!, args)
    const inRange = (low: string, high: string): Stored[] =>
      this.stream(args[0]!).filter(([id]) => isAfter(id, low, true) && isAfter(id, high, false))
    const count = Number(args[args.indexOf('COUNT') + 1])
    const limit = (found: Stored[]): Stored[] => (args.includes('COUNT') ? found.slice(0, count) : found)
    switch (command) {
      case 'TIME':
        return [String(Math.floor(this.clock / 1000)), String((this.clock % 1000) * 1000)]
      case 'XADD': {
        const star = args.indexOf('*')
        if (star > 0) return this.addTo(args[0]!, ...args.slice(star + 1))
        this.stream(args[0]!).push([args[1]!, args.slice(2)])
        return args[1]
      }
      case 'XRANGE':
        return limit(inRange(args[1]!, args[2]!))
      case 'XREVRANGE':
        return limit(inRange(args[2]!, args[1]!).map((_, index, found) => found.at(-1 - index)!))
      case 'XREAD':
        return this.#read(args.slice(args.indexOf('STREAMS') + 1), Number(args[args.indexOf('BLOCK') + 1]), limit)
      case 'PING':
        return 'PONG'
      default:
        throw new Error(`ERR unknown command ${command}`)
    }
  }

  async #read(words: string[], block: number, limit: (found: Stored[]) => Stored[]): Promise<unknown> {
    const keys = words.slice(0, words.length / 2)
    const found = (): [string, Stored[]][] =>
      keys
        .map((key, index): [string, Stored[]] => {
          const after = words[keys.length + index]!
          return [key, limit(this.stream(key).filter(([id]) => compareStreamIds(id, after) > 0))]
        })
        .filter(([, entries]) => entries.length > 0)
    if (found().length === 0 && block > 0) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          if (found().length === 0 && !isDone) return
          this.#waiting.delete(wake)
          clearTimeout(timer)
          resolve()
        }
        let isDone = false
        const timer = setTimeout(() => {
          isDone = true
          wake()
        }, block)
        this.#waiting.add(wake)
      })
    }
    const entries = found()
    return entries.length > 0 ? entries : null
  }
}

function isAfter(id: string, bound: string, isLow: boolean): boolean {
  if (bound === '-') return isLow
  if (bound === '+') return !isLow
  const order = compareStreamIds(id, bound.replace('(', ''))
  if (order === 0) return !bound.startsWith('(')
  return isLow ? order > 0 : order < 0
}

export class FakeLink implements Link {
  readonly #redis: FakeRedis
  #queue: Promise<unknown> = Promise.resolve()
  #lost!: (error: Error) => void
  readonly #end = new Promise<never>((_, reject) => (this.#lost = reject))
  isOpen = false
  isClosed = false

  constructor(redis: FakeRedis) {
    this.#redis = redis
    this.#end.catch(() => {})
  }

  async open(): Promise<void> {
    if (this.#redis.state === 'silent') await this.#end
    if (this.#redis.state === 'down') throw new Error('connect ECONNREFUSED')
    if (this.isClosed) throw new Error('Connection is closed.')
    this.isOpen = true
  }

  send(args: readonly string[]): Promise<unknown> {
    if (!this.isOpen) return Promise.reject(new Error('Connection is closed.'))
    const answer = this.#queue.then(() => (this.#redis.state === 'silent' ? this.#end : this.#redis.run(args)))
    this.#queue = answer.catch(() => {})
    return Promise.race([answer, this.#end])
  }

  lose(): void {
    this.isOpen = false
    this.#lost(new Error('Connection is closed.'))
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.lose()
  }
}
