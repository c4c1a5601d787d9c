import type { Entry, TransportMessage } from '../../../server/channel/entry.js'
import type { HistoryLimits, Subscriber, Transport } from '../../../server/channel/transport.js'
import { bounded } from '../bounded.js'
import { expectSame, expectThat, type CaseOf } from '../suite.js'

type Awaitable<T> = T | PromiseLike<T>

/** How the suite gets the transport under test. What is left out leaves out the cases that need it. */
export interface TransportAdapter {
  /**
   * Opens a transport, best one that holds nothing yet. Each case opens one of its own and closes it.
   *
   * @param limits What the case wants to be held. It is given to `prepare` and `subscribe` too.
   */
  open(limits: HistoryLimits): Awaitable<Transport>
  /** Opens another one over the events of `transport`, as another process would, while that one goes on. The suite closes it. */
  another?(transport: Transport): Awaitable<Transport>
  /** Opens one over the events of `transport`, which was closed, as the same process would after a restart. */
  reopen?(transport: Transport, limits: HistoryLimits): Awaitable<Transport>
  /** Makes the transport forget its entries up to `id`, wherever they are kept. By default its limits do. */
  forget?(transport: Transport, id: string): Awaitable<void>
  /** Takes all events away from under the transport, as a store that comes back empty. It has to notice by itself. */
  lose?(transport: Transport): Awaitable<void>
}

export const PLENTY: HistoryLimits = { size: 10_000, maxAge: 600_000, maxBytes: 8 * 1024 * 1024 }

/** What a subscriber hears. */
export class Listener implements Subscriber {
  readonly entries: Entry[] = []
  readonly positions: string[] = []
  readonly ends: unknown[] = []
  private readonly _waiting = new Set<() => void>()
  private readonly _timeout: number

  constructor(timeout: number) {
    this._timeout = timeout
  }

  onReset(position: string): void {
    this.positions.push(position)
    this._wake()
  }

  onEntry(entry: Entry): void {
    this.entries.push(entry)
    this._wake()
  }

  onError(): void {}

  onEnd(error: unknown): void {
    this.ends.push(error)
    this._wake()
  }

  get ids(): string[] {
    return this.entries.map(({ id }) => id)
  }

  async until(what: string, isMet: () => boolean): Promise<void> {
    let look!: () => void
    const met = new Promise<void>((resolve) => {
      look = () => {
        if (isMet()) resolve()
      }
    })
    this._waiting.add(look)
    look()
    try {
      await bounded(met, this._timeout, `${what}; ${this.entries.length} entries came`)
    } finally {
      this._waiting.delete(look)
    }
  }

  private _wake(): void {
    for (const look of this._waiting) look()
  }
}

/** A transport that a case has subscribed to. */
export interface Subscribed {
  readonly transport: Transport
  readonly heard: Listener
  /** Where delivery began. */
  readonly start: string
}

/** What a case works with. All that it opens is closed after it. */
export interface TransportTrial {
  readonly adapter: TransportAdapter
  readonly timeout: number
  open(limits?: HistoryLimits): Promise<Transport>
  subscribe(transport: Transport, limits?: HistoryLimits): Promise<Subscribed>
  start(limits?: HistoryLimits): Promise<Subscribed>
  /** Started, with so many entries published (their ids) and delivered. */
  filled(count: number): Promise<Subscribed & { readonly ids: string[] }>
  another(transport: Transport): Promise<Subscribed>
  /** Settles as the promise does; fails in time. */
  soon<T>(what: string, promise: Awaitable<T>): Promise<T>
}

export type TransportCase = CaseOf<(run: (trial: TransportTrial) => Promise<void>) => Promise<void>>

/** A case, as the suite runs it. */
export function transportCase(
  name: string,
  rule: string,
  run: (trial: TransportTrial) => Promise<void>,
): TransportCase {
  return { name, rule, section: 'Transport', run: (withTrial) => withTrial(run) }
}

/** The case, for adapters that have these abilities. */
export const needing = (needs: readonly string[], each: TransportCase): TransportCase => ({ ...each, needs })

export function trialsOf(
  adapter: TransportAdapter,
  timeout: number,
): (run: (trial: TransportTrial) => Promise<void>) => Promise<void> {
  return async (run) => {
    const opened: Transport[] = []
    const soon = <T>(what: string, promise: Awaitable<T>): Promise<T> =>
      bounded(Promise.resolve(promise), timeout, what)
    const keep = (transport: Transport, limits: HistoryLimits): Transport => {
      opened.push(transport)
      transport.prepare?.(limits)
      return transport
    }
    const trial: TransportTrial = {
      adapter,
      timeout,
      soon,
      open: async (limits = PLENTY) => keep(await adapter.open(limits), limits),
      async subscribe(transport, limits = PLENTY) {
        const heard = new Listener(timeout)
        transport.subscribe(heard, limits)
        await heard.until('onReset was not called', () => heard.positions.length > 0)
        return { transport, heard, start: heard.positions[0]! }
      },
      start: async (limits) => trial.subscribe(await trial.open(limits), limits),
      async filled(count) {
        const started = await trial.start()
        const ids = await publishMany(started.transport, 1, count)
        await started.heard.until(`${count} entries`, () => started.heard.entries.length >= count)
        return { ...started, ids }
      },
      another: async (transport) => trial.subscribe(keep(await adapter.another!(transport), PLENTY)),
    }
    try {
      await run(trial)
    } finally {
      await soon('close did not end', Promise.all(opened.map(async (transport) => transport.close())))
    }
  }
}

export function message(n: number, more: Partial<TransportMessage> = {}): TransportMessage {
  return { event: 'e', data: JSON.stringify({ n }), json: true, ...more }
}

export async function publishMany(transport: Transport, from: number, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = from; n < from + count; n++) ids.push(await transport.publish(message(n)))
  return ids
}

/** Publishes one after the other, each when the one before was delivered: what the limits let go has been heard. */
export async function publishHeard(
  { transport, heard }: Subscribed,
  messages: readonly TransportMessage[],
): Promise<string[]> {
  const ids: string[] = []
  for (const each of messages) {
    const id = await transport.publish(each)
    await heard.until(`the entry ${id}`, () => heard.entries.at(-1)?.id === id)
    ids.push(id)
  }
  return ids
}

/** The numbers of entries that `message` made. */
export function numbersOf(entries: readonly Entry[]): unknown[] {
  return entries.map(({ data }) => (JSON.parse(data) as { n: number }).n)
}

export function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}

/** Everything between two places, page by page, of all topics or of these; `undefined` where it breaks off. */
export async function readAll(
  { soon }: TransportTrial,
  transport: Transport,
  [after, upTo, topics]: readonly [after: string, upTo: string, topics?: ReadonlySet<string>],
): Promise<Entry[] | undefined> {
  const entries: Entry[] = []
  for (let cursor = after; cursor !== upTo;) {
    const page = await soon('range did not answer', transport.range(cursor, upTo, topics))
    if (!page) return undefined
    const { position } = page
    expectThat(
      transport.compare(position, cursor) > 0,
      `a page after ${cursor} ends at ${position}, which is not after it`,
    )
    expectThat(transport.compare(position, upTo) <= 0, `a page ends at ${position}, beyond ${upTo}`)
    entries.push(...page.entries)
    cursor = position
  }
  return entries
}

/** @throws where not each id is before the next. */
export function expectOrder(transport: Transport, ids: readonly string[]): void {
  for (const [index, id] of ids.entries()) {
    expectSame(`compare(${id}, ${id})`, transport.compare(id, id), 0)
    const before = ids[index - 1]
    if (before === undefined) continue
    expectThat(transport.compare(before, id) < 0, `compare(${before}, ${id}) is not below 0`)
    expectThat(transport.compare(id, before) > 0, `compare(${id}, ${before}) is not above 0`)
  }
}
