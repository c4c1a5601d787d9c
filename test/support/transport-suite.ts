import { afterEach, describe, expect, it } from 'vitest'
import { createEntry, type Entry } from '../../src/server/channel/entry.js'
import type { HistoryLimits, Transport, TransportMessage } from '../../src/server/channel/transport.js'

/** A transport under test, and what its surroundings can do to it. */
export interface TransportRig {
  readonly transport: Transport
  /** Makes the transport forget its entries up to this one, wherever they are kept. */
  forget(id: string): Promise<void>
  close(): Promise<void>
}

/** A rig in which another process can take part. Its transports are closed with it. */
export interface SharedRig extends TransportRig {
  other(): Promise<Transport>
}

export type RigFactory = (limits: HistoryLimits) => Promise<TransportRig>

const PLENTY: HistoryLimits = { size: 1000, maxAge: 600_000, maxBytes: 8 * 1024 * 1024 }

const HOSTILE = [
  '',
  ' ',
  'x',
  '-',
  '0',
  '-1',
  '1-',
  '99999999999999999999',
  'NaN',
  '1e3',
  '__proto__',
  '\0',
  'a\nb',
  '💥',
]

/** What a subscriber hears. */
class Listener {
  readonly entries: Entry[] = []
  readonly positions: string[] = []
  readonly errors: unknown[] = []
  readonly #waiting: { isMet: () => boolean; resolve: () => void }[] = []

  onReset(position: string): void {
    this.positions.push(position)
    this.#wake()
  }

  onEntry(entry: Entry): void {
    this.entries.push(entry)
    this.#wake()
  }

  onError(error: unknown): void {
    this.errors.push(error)
  }

  onEnd(error: unknown): void {
    this.errors.push(error)
  }

  async started(): Promise<string> {
    await this.#until(() => this.positions.length > 0)
    return this.positions[0]!
  }

  async count(count: number): Promise<Entry[]> {
    await this.#until(() => this.entries.length >= count)
    return this.entries
  }

  #until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      if (isMet()) resolve()
      else this.#waiting.push({ isMet, resolve })
    })
  }

  #wake(): void {
    for (const { isMet, resolve } of this.#waiting) if (isMet()) resolve()
  }
}

export function message(n: number, more: Partial<TransportMessage> = {}): TransportMessage {
  return { event: 'e', data: JSON.stringify({ n }), json: true, ...more }
}

/** All that `range` gives, page by page. */
export async function readRange(transport: Transport, after: string, upTo: string): Promise<Entry[] | undefined> {
  const entries: Entry[] = []
  for (let cursor = after; cursor !== upTo;) {
    const page = await transport.range(cursor, upTo)
    if (!page) return undefined
    expect(transport.compare(page.position, cursor)).toBeGreaterThan(0)
    expect(transport.compare(page.position, upTo)).toBeLessThanOrEqual(0)
    entries.push(...page.entries)
    cursor = page.position
  }
  return entries
}

const isOrder = (transport: Transport, ids: string[]): boolean =>
  ids.every((id, i) => i === 0 || transport.compare(ids[i - 1]!, id) < 0)

const values = (entries: readonly Entry[] | undefined): unknown[] | undefined =>
  entries?.map(({ data }) => (JSON.parse(data) as { n: number }).n)

/** What a channel asks of any transport. */
export function transportSuite(name: string, create: RigFactory): void {
  describe(`the transport ${name}`, () => {
    const rigs: TransportRig[] = []
    afterEach(async () => {
      for (const rig of rigs.splice(0)) await rig.close()
    })

    const open = async (limits = PLENTY): Promise<TransportRig> => {
      const rig = await create(limits)
      rigs.push(rig)
      return rig
    }

    const start = async (limits = PLENTY): Promise<TransportRig & { heard: Listener; position: string }> => {
      const rig = await open(limits)
      const heard = new Listener()
      rig.transport.subscribe(heard, limits)
      const position = await heard.started()
      return { ...rig, heard, position }
    }

    const publishMany = async (transport: Transport, from: number, count: number): Promise<string[]> => {
      const ids: string[] = []
      for (let n = from; n < from + count; n++) ids.push(await transport.publish(message(n)))
      return ids
    }

    it('says first where delivery begins, then delivers each entry once and in order', async () => {
      const { transport, heard, position } = await start()
      const ids = await publishMany(transport, 1, 20)
      const entries = await heard.count(20)
      expect(entries.map(({ id }) => id)).toEqual(ids)
      expect(isOrder(transport, [position, ...ids])).toBe(true)
      expect(heard.positions).toEqual([position])
      expect(heard.errors).toEqual([])
    })

    it('keeps the order of calls that do not wait for each other', async () => {
      const { transport, heard } = await start()
      const ids = await Promise.all(Array.from({ length: 50 }, (_, n) => transport.publish(message(n))))
      expect(values(await heard.count(50))).toEqual(Array.from({ length: 50 }, (_, n) => n))
      expect(isOrder(transport, ids)).toBe(true)
    })

    it('delivers what it was given, in wire format', async () => {
      const { transport, heard } = await start()
      const sent: TransportMessage[] = [
        message(1),
        message(2, { topic: 'a topic, with "marks" and ümlauts', conflateKey: '' }),
        message(3, { ephemeral: true, conflateKey: 'k' }),
        { event: 'message', data: '', json: false },
        { event: 'e', data: 'two\nlines\r\n💥\0', json: false },
      ]
      for (const each of sent) await transport.publish(each)
      const entries = await heard.count(sent.length)
      for (const [i, each] of sent.entries()) {
        const { id, wire, ...rest } = entries[i]!
        expect({ ...rest, ephemeral: Boolean(rest.ephemeral) }).toEqual({
          topic: undefined,
          conflateKey: undefined,
          ...each,
          ephemeral: Boolean(each.ephemeral),
        })
        expect(Buffer.from(wire).toString()).toBe(Buffer.from(createEntry(id, each).wire).toString())
      }
    })

    it('gives ids that an event can carry', async () => {
      const { transport, position } = await start()
      for (const id of [position, ...(await publishMany(transport, 1, 3))]) {
        expect(id).toMatch(/^[!-~]+$/)
        expect(id.length).toBeLessThanOrEqual(256)
      }
    })

    it('delivers nothing from before the position it began at, and can replay it', async () => {
      const { transport } = await open()
      const before = await publishMany(transport, 1, 3)
      const heard = new Listener()
      transport.subscribe(heard, PLENTY)
      const position = await heard.started()
      await publishMany(transport, 4, 2)
      const entries = await heard.count(2)
      const delivered = entries.map(({ id }) => id)
      expect(delivered.filter((id) => before.includes(id) && transport.compare(id, position) <= 0)).toEqual([])
      expect(await transport.has(before[0]!)).toBe(true)
      expect(values(await readRange(transport, before[0]!, delivered.at(-1)!))).toEqual([2, 3, 4, 5])
    })

    it('has every position it gave', async () => {
      const { transport, heard, position } = await start()
      const ids = await publishMany(transport, 1, 5)
      await heard.count(5)
      for (const id of [position, ...ids]) expect(await transport.has(id)).toBe(true)
    })

    it.each([...HOSTILE, 'x'.repeat(256), '9'.repeat(256)])('does not have %j', async (id) => {
      const { transport, heard } = await start()
      const [first] = await publishMany(transport, 1, 2)
      await heard.count(2)
      for (const each of [id, `${first}x`, `x${first}`, ` ${first}`, `${first}\n`]) {
        expect(await transport.has(each)).toMatch(/^(expired|epoch|unknown)$/)
      }
    })

    it('replays what is between two places, the first not included, and ephemeral entries left out', async () => {
      const { transport, heard, position } = await start()
      const ids = await publishMany(transport, 1, 3)
      ids.push(await transport.publish(message(4, { ephemeral: true })))
      ids.push(...(await publishMany(transport, 5, 2)))
      await heard.count(6)
      expect(values(await readRange(transport, position, ids[5]!))).toEqual([1, 2, 3, 5, 6])
      expect(values(await readRange(transport, ids[0]!, ids[2]!))).toEqual([2, 3])
      expect(values(await readRange(transport, ids[4]!, ids[5]!))).toEqual([6])
      expect(await readRange(transport, ids[2]!, ids[3]!)).toEqual([])
    })

    it('replays at once what it delivered lately', async () => {
      const { transport, heard, position } = await start()
      const ids = await publishMany(transport, 1, 10)
      await heard.count(10)
      expect(transport.has(ids[3]!)).toBe(true)
      for (const after of [position, ids[3]!]) {
        expect(transport.range(after, ids[9]!)).toMatchObject({ position: ids[9] })
      }
    })

    it('replays in pages', async () => {
      const { transport, heard, position } = await start()
      const pad = 'x'.repeat(1000)
      for (let n = 0; n < 300; n++) await transport.publish({ event: 'e', data: pad, json: false })
      const entries = await heard.count(300)
      const last = entries.at(-1)!.id
      let pages = 0
      for (let cursor = position; cursor !== last; pages++) {
        const page = (await transport.range(cursor, last))!
        expect(page.entries.reduce((sum, { wire }) => sum + wire.byteLength, 0)).toBeLessThan(128 * 1024)
        cursor = page.position
      }
      expect(pages).toBeGreaterThan(2)
    })

    it('does not have, and does not replay after, what it has forgotten', async () => {
      const { transport, heard, position, forget } = await start({ ...PLENTY, size: 2 })
      const ids = await publishMany(transport, 1, 6)
      await heard.count(6)
      await forget(ids[2]!)
      for (const id of [position, ids[0]!, ids[1]!]) {
        expect(await transport.has(id)).toMatch(/^(expired|unknown)$/)
        expect(await readRange(transport, id, ids[5]!)).toBe(undefined)
      }
      expect(await transport.has(ids[3]!)).toBe(true)
      expect(values(await readRange(transport, ids[3]!, ids[5]!))).toEqual([5, 6])
    })

    it('delivers nothing after it was closed, which may be done twice', async () => {
      const { transport, heard } = await start()
      await publishMany(transport, 1, 1)
      await heard.count(1)
      await transport.close()
      await transport.close()
      // Whether that is refused or not.
      await Promise.resolve()
        .then(() => transport.publish(message(2)))
        .catch(() => {})
      expect(heard.entries.length).toBe(1)
    })

    it('can be closed before it was used', async () => {
      const { transport } = await open()
      await transport.close()
    })
  })
}

/** What it asks beyond of one that several processes share. */
export function sharedTransportSuite(name: string, create: (limits: HistoryLimits) => Promise<SharedRig>): void {
  describe(`the transport ${name}, shared by processes`, () => {
    it('shows all of them the same entries in the same order', async () => {
      const rig = await create(PLENTY)
      try {
        const transports = [rig.transport, await rig.other()]
        const listeners = transports.map(() => new Listener())
        for (const [i, transport] of transports.entries()) {
          transport.subscribe(listeners[i]!, PLENTY)
          await listeners[i]!.started()
        }
        const publish = async (from: number): Promise<void> => {
          for (let n = from; n < from + 10; n++) await transports[n % 2]!.publish(message(n))
        }
        await Promise.all([publish(0), publish(10), publish(20)])
        const [here, there] = await Promise.all(listeners.map((heard) => heard.count(30)))
        const ids = here!.map(({ id }) => id)
        expect(there!.map(({ id }) => id)).toEqual(ids)
        for (const transport of transports) {
          for (const id of ids) expect(await transport.has(id)).toBe(true)
          expect(values(await readRange(transport, ids[9]!, ids[29]!))).toEqual(values(here!.slice(10)))
        }
      } finally {
        await rig.close()
      }
    })
  })
}
