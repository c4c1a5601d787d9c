import type { Link, LinkFactory } from '../../../src/redis/link.js'
import { compareStreamIds } from '../../../src/redis/stream-id.js'

type Stored = [id: string, fields: string[]]

/** As much of Redis as the transport uses, for one stream, with faults at will. */
export class FakeRedis implements LinkFactory {
  readonly keyPrefix = ''
  readonly links: FakeLink[] = []
  /** The commands that were sent, without arguments. */
  readonly sent: string[] = []
  entries: Stored[] = []
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

  get open(): number {
    return this.links.filter(({ isOpen }) => isOpen).length
  }

  /** Loses all connections. */
  cut(): void {
    for (const link of this.links) link.lose()
  }

  add(...fields: string[]): string {
    const last = this.entries.at(-1)?.[0]
    const now = `${this.clock}-0`
    const id = last && compareStreamIds(last, now) >= 0 ? last.replace(/\d+$/, (n) => String(Number(n) + 1)) : now
    this.entries.push([id, fields])
    for (const wake of this.#waiting) wake()
    return id
  }

  async run([command, ...args]: readonly string[]): Promise<unknown> {
    this.sent.push(command!)
    this.before(command!, args)
    const inRange = (low: string, high: string): Stored[] =>
      this.entries.filter(([id]) => isAfter(id, low, true) && isAfter(id, high, false))
    const count = Number(args[args.indexOf('COUNT') + 1])
    const limit = (found: Stored[]): Stored[] => (args.includes('COUNT') ? found.slice(0, count) : found)
    switch (command) {
      case 'TIME':
        return [String(Math.floor(this.clock / 1000)), String((this.clock % 1000) * 1000)]
      case 'XADD':
        return this.add(...args.slice(args.indexOf('*') + 1))
      case 'XRANGE':
        return limit(inRange(args[1]!, args[2]!))
      case 'XREVRANGE':
        return limit(inRange(args[2]!, args[1]!).map((_, index, found) => found.at(-1 - index)!))
      case 'XREAD':
        return this.#read(args.at(-1)!, Number(args[args.indexOf('BLOCK') + 1]), limit)
      default:
        throw new Error(`ERR unknown command ${command}`)
    }
  }

  async #read(after: string, block: number, limit: (found: Stored[]) => Stored[]): Promise<unknown> {
    const found = (): Stored[] => limit(this.entries.filter(([id]) => compareStreamIds(id, after) > 0))
    if (found().length === 0 && block > 0) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake)
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(wake, block)
        this.#waiting.add(wake)
      })
    }
    return found().length > 0 ? [['key', found()]] : null
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
