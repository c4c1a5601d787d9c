import { createHub, type Hub } from '../../../src/server/channel/hub.js'
import type { Awaitable } from '../../../src/server/async.js'
import { eventRequestOf } from '../../../src/server/event-request.js'
import type { HubOptions, Snapshot } from '../../../src/server/channel/hub-options.js'
import { createMemoryTransport } from '../../../src/server/channel/memory-transport.js'
import { Reader } from '../../../src/server/channel/reader.js'
import type { TransportMessage } from '../../../src/server/channel/entry.js'
import type { Transport } from '../../../src/server/channel/transport.js'
import { Random } from '../random.js'
import { SimClient } from './sim-client.js'
import { GAP_EVENT, Judge, Ledger, STATE_EVENT, type Publication } from './sim-oracle.js'
import { SimScheduler } from './sim-scheduler.js'
import { SimStore, SimTransport } from './sim-transport.js'

interface Player {
  readonly client: SimClient
  readonly judge: Judge
  process: number
}

interface Process {
  hub: Hub
  transport: Transport
  scheduler: SimScheduler
}

const REQUEST = eventRequestOf(new Request('http://localhost/'))

const TOPICS = ['red', 'green', 'blue']
const STEPS = 250

/** More than any step of a reader takes to be heard. */
const MICROTASKS = 10

/** The text and ids around what is counted against a limit. */
const SLACK = 1024

/**
 * A channel, its publishers and its readers over a random schedule, the same for the same seed. `run`
 * throws at the first thing that a reader should not have seen.
 */
export class Simulation {
  readonly #random: Random
  readonly #ledger = new Ledger()
  readonly #clients: Player[] = []
  readonly #store: SimStore | undefined
  readonly #processes: Process[] = []
  readonly #snapshots: (() => void)[] = []
  readonly #options: Omit<HubOptions, 'report'>
  readonly #gaps = new Set<string>()
  readonly #hasTopics: boolean
  readonly #hasFilter: boolean
  readonly #fails: boolean
  /** The filter publishes. */
  readonly #echoes: boolean
  /** In memory: the epochs there were, and the place each began at. */
  readonly #epochs = new Map<string, number>()
  readonly log: string[] = []
  #opened = 0
  #closed = 0

  constructor(seed: number) {
    const random = (this.#random = new Random(seed))
    const isRemote = random.chance(0.4)
    const isUnlimited = random.chance(0.3)
    this.#hasTopics = random.chance(0.5)
    this.#hasFilter = random.chance(0.3)
    this.#fails = random.chance(0.15)
    this.#echoes = random.chance(0.3)
    const policy = random.pick(['disconnect', 'drop', 'conflate'] as const)
    const snapshot = random.pick(['none', 'at once', 'later'] as const)
    const maxBytes = random.pick([300, 1000, 5000])
    this.#options = {
      hooks: {
        ...(this.#hasFilter && { filter: (message, context) => this.#filter(message.data, context) }),
        ...(snapshot !== 'none' && { snapshot: () => this.#snapshot(snapshot) }),
        metrics: {
          open: () => void this.#opened++,
          close: () => void this.#closed++,
        },
      },
      limits: {
        slice: random.pick([1, 2, 100]),
        room: random.pick([100, 10_000]),
        window: random.pick([50, 200, 1000]),
        steps: random.pick([1, 3, 1000]),
      },
      history: isUnlimited
        ? { size: Infinity, maxAge: Infinity, maxBytes: Infinity }
        : {
            size: random.pick([0, 1, 5, 20, Infinity]),
            maxAge: random.pick([100, 5000, Infinity]),
            maxBytes: random.pick([500, 3000, Infinity]),
          },
      heartbeat: random.pick([0, 100, 1000]),
      retry: 2000,
      maxAge: random.pick([0, 0, 3000]),
      flush: random.pick([0, 0, 20]),
      maxBytes,
      stall: random.pick([500, 30_000]),
      policy,
      gapEvent: GAP_EVENT,
      positionEvent: undefined,
      greeting: true,
      retryJitter: 0.5,
      reauthorize: 0,
    }
    if (!isUnlimited) this.#gaps.add('expired')
    if (policy === 'drop') this.#gaps.add('slow')

    if (isRemote) {
      this.#store = new SimStore(random)
      this.#ledger.orderOf = (id) => {
        let at = this.#placed.length
        while (at > 0 && this.#placed[at - 1]!.id > Number(id)) at--
        return this.#placed[at - 1]?.order ?? 0
      }
      // Not all processes hold what an id needs, nor does a stream that lost its tail.
      for (const reason of ['unknown', 'expired', 'reset']) this.#gaps.add(reason)
    } else {
      this.#ledger.orderOf = (id) => {
        const dash = id.indexOf('-')
        return this.#epochs.get(id.slice(0, dash))! + Number(id.slice(dash + 1))
      }
    }
    for (let count = isRemote ? 2 : 1; count > 0; count--) this.#processes.push(this.#boot())
    for (let name = random.int(1, 5); name > 0; name--) this.#enlist(name)
    this.log.push(JSON.stringify({ isRemote, ...this.#options }))
  }

  readonly #placed: { id: number; order: number }[] = []

  async run(): Promise<void> {
    const actions: [number, () => void][] = [
      [30, () => this.#publish()],
      [4, () => this.#burst()],
      [25, () => this.#pass()],
      [15, () => this.#turn()],
      [20, () => this.#work()],
      [30, () => this.#take()],
      [12, () => this.#connect()],
      [6, () => this.#cut()],
      [1, () => this.#restart()],
      [1, () => this.#trim()],
      [0.5, () => this.#loseTail()],
      [1, () => this.#lie()],
    ]
    for (let step = 0; step < STEPS; step++) {
      this.#random.weighted(actions)()
      await this.#settle()
      this.#check()
    }
    await this.#quiesce()
  }

  /** Lets promises that are settled be heard, and now and then something else happen between two of the steps they take. */
  async #settle(): Promise<void> {
    const moment = this.#random.chance(0.3) ? this.#random.int(0, MICROTASKS - 1) : -1
    for (let at = 0; at < MICROTASKS; at++) {
      await Promise.resolve()
      if (this.#random.chance(0.002)) this.#reset()
      if (at !== moment) continue
      if (this.#random.chance(0.1)) this.#loseTail()
      this.#work()
    }
  }

  get received(): number {
    return this.#clients.reduce((sum, { judge }) => sum + judge.received, 0)
  }

  get gaps(): number {
    return this.#clients.reduce((sum, { judge }) => sum + judge.gaps, 0)
  }

  #boot(): Process {
    const scheduler = new SimScheduler(this.#random)
    let transport: Transport
    if (this.#store) {
      const remote = new SimTransport(this.#store, scheduler)
      remote.onAppend = (entry) => {
        const publication = this.#ledger.publications[(JSON.parse(entry.data) as { n: number }).n]!
        this.#ledger.place(publication)
        this.#placed.push({ id: Number(entry.id), order: publication.order })
      }
      transport = remote
    } else {
      const epoch = `e${this.#epochs.size}`
      this.#epochs.set(epoch, this.#ledger.inOrder.length)
      transport = createMemoryTransport(this.#options.history, () => scheduler.now(), epoch)
    }
    const options = { ...this.#options, report: (error: unknown) => this.#note(`reported: ${String(error)}`) }
    return { scheduler, transport, hub: createHub(options, { transport, scheduler }) }
  }

  #enlist(name: number): void {
    const topics = new Set(TOPICS.filter(() => this.#random.chance(0.5)))
    const mayHave = (publication: Publication): boolean =>
      (!this.#hasTopics || publication.topic === undefined || topics.has(publication.topic)) &&
      (!this.#hasFilter || publication.owner === undefined || publication.owner === name)
    const judge = new Judge(this.#ledger, mayHave, this.#options.policy === 'conflate', this.#gaps)
    const client = new SimClient(name, topics, judge)
    this.#clients.push({ client, judge, process: 0 })
  }

  #filter(data: unknown, context: unknown): boolean {
    if (this.#fails && this.#random.chance(0.01)) throw new Error('filter')
    if (this.#echoes && this.#random.chance(0.1)) this.#publish()
    const { owner } = data as { owner?: number }
    return owner === undefined || owner === context
  }

  #snapshot(when: 'at once' | 'later'): Awaitable<Snapshot> {
    if (this.#fails && this.#random.chance(0.1)) throw new Error('snapshot')
    const count = this.#random.int(0, 2)
    const messages = Array.from({ length: count }, (_, i) => ({
      event: STATE_EVENT,
      data: { isLast: i === count - 1 },
    }))
    if (when === 'at once') return messages
    return new Promise((resolve, reject) => {
      const isBad = this.#fails && this.#random.chance(0.1)
      this.#snapshots.push(() => (isBad ? reject(new Error('late snapshot')) : resolve(messages)))
    })
  }

  #publish(): void {
    const random = this.#random
    const n = this.#ledger.publications.length
    const publication: Publication = {
      order: 0,
      topic: random.chance(0.6) ? random.pick(TOPICS) : undefined,
      owner: random.chance(0.3) ? random.int(1, 5) : undefined,
      key: random.chance(0.4) ? random.pick(['k1', 'k2']) : undefined,
      ephemeral: random.chance(0.1),
      isVoid: false,
    }
    this.#ledger.publications.push(publication)
    const { topic, owner, key, ephemeral } = publication
    const data = JSON.stringify({ n, owner, pad: 'x'.repeat(random.int(0, 60)) })
    const message: TransportMessage = { event: 'e', data, json: true, topic, conflateKey: key, ephemeral }
    this.#note(`publish ${n} ${JSON.stringify(publication)}`)
    const { transport } = random.pick(this.#processes)
    // In memory an event has its place at once, and may lead to another before the call returns.
    if (!this.#store) this.#ledger.place(publication)
    void transport.publish(message)
  }

  #burst(): void {
    for (let count = this.#random.int(5, 30); count > 0; count--) this.#publish()
  }

  #pass(): void {
    const { scheduler } = this.#random.pick(this.#processes)
    const ms = this.#random.pick([1, 10, 50, 300])
    this.#note(`pass ${ms}`)
    scheduler.advance(ms)
  }

  #turn(): void {
    this.#note('turn')
    this.#random.pick(this.#processes).scheduler.turn()
  }

  #work(): void {
    const { transport } = this.#random.pick(this.#processes)
    this.#note('work')
    if (transport instanceof SimTransport) transport.work(this.#random)
    else this.#snapshots.splice(0, 1)[0]?.()
    if (this.#random.chance(0.3)) this.#snapshots.splice(0, 1)[0]?.()
  }

  #take(): void {
    const { client } = this.#random.pick(this.#clients)
    const bytes = this.#random.pick([1, 20, 100, 1000, Infinity])
    this.#note(`client ${client.name} takes ${bytes}`)
    client.take(bytes)
  }

  #connect(): void {
    const each = this.#random.pick(this.#clients)
    if (!each.client.isConnected) this.#join(each)
  }

  #join(each: Player): void {
    each.process = this.#random.int(0, this.#processes.length - 1)
    const { hub } = this.#processes[each.process]!
    const { client, judge } = each
    this.#note(`client ${client.name} connects to ${each.process} with "${client.lastEventId}"`)
    // On another machine the stream may be ahead of the process.
    judge.floor = this.#store ? 0 : this.#ledger.inOrder.length
    const reader = new Reader(hub, {
      context: client.name,
      topics: this.#hasTopics ? client.topics : undefined,
      request: REQUEST,
    })
    reader.sink = client.connect(reader)
    hub.join(reader, client.lastEventId || undefined)
  }

  #cut(): void {
    const { client } = this.#random.pick(this.#clients)
    this.#note(`client ${client.name} is cut`)
    // In the middle of whatever was under way.
    client.take(this.#random.int(0, 200))
    client.disconnect()
  }

  #restart(): void {
    const index = this.#random.int(0, this.#processes.length - 1)
    this.#note(`process ${index} restarts`)
    this.#gaps.add(this.#store ? 'unknown' : 'epoch')
    for (const { client, process } of this.#clients) if (process === index) client.disconnect()
    void this.#processes[index]!.transport.close()
    this.#processes[index] = this.#boot()
  }

  #trim(): void {
    this.#note('trim')
    this.#store?.trim(this.#random.int(1, 20))
  }

  #loseTail(): void {
    if (!this.#store) return
    const lost = this.#store.loseTail(this.#random.int(0, 5))
    this.#note(`lost ${lost.length}`)
    for (const { data } of lost) this.#ledger.publications[(JSON.parse(data) as { n: number }).n]!.isVoid = true
  }

  #reset(): void {
    const { transport } = this.#random.pick(this.#processes)
    if (!(transport instanceof SimTransport)) return
    this.#note('reset')
    transport.lose()
  }

  /** A client comes back with what no server gave it. */
  #lie(): void {
    const { client } = this.#random.pick(this.#clients)
    if (client.isConnected) return
    client.lastEventId = this.#random.pick(['x', '-', 'e0-999999', '-1', 'e0-01', 'y'.repeat(300), '💥'])
    this.#note(`client ${client.name} claims ${client.lastEventId}`)
    for (const reason of ['unknown', 'epoch', 'expired']) this.#gaps.add(reason)
  }

  #check(): void {
    const { maxBytes } = this.#options
    for (const { client } of this.#clients) {
      if (client.peak > maxBytes + SLACK) throw new Error(`${client.peak} bytes waited for client ${client.name}.`)
    }
  }

  /** Everyone comes back and reads on until nothing more is to come. */
  async #quiesce(): Promise<void> {
    this.#note('quiesce')
    for (let quiet = 0; quiet < 3;) {
      const before = this.received + this.gaps
      for (const each of this.#clients) if (!each.client.isConnected) this.#join(each)
      for (let round = 0; round < 12; round++) {
        for (const { transport } of this.#processes) {
          if (transport instanceof SimTransport)
            for (let i = transport.pending; i > 0; i--) transport.work(this.#random)
        }
        for (const go of this.#snapshots.splice(0)) go()
        await settle()
        this.#everyoneReads()
        await settle()
      }
      const isBusy =
        this.received + this.gaps > before ||
        this.#clients.some(({ client }) => !client.isConnected) ||
        this.#processes.some(({ transport }) => transport instanceof SimTransport && transport.pending > 0)
      quiet = isBusy ? 0 : quiet + 1
    }
    for (const { judge } of this.#clients) judge.onEnd()
    await this.#close()
  }

  async #close(): Promise<void> {
    const open = new Set(this.#processes)
    for (const process of this.#processes) {
      const { hub, transport } = process
      void hub.close(this.#random.pick([0, 100]), 0).then(() => {
        open.delete(process)
        return transport.close()
      })
    }
    for (let round = 0; round < 50 && open.size > 0; round++) {
      this.#everyoneReads()
      await settle()
    }
    const left = {
      open: open.size,
      readers: this.#processes.reduce((sum, { hub }) => sum + hub.readers.size, 0),
      timers: this.#processes.reduce((sum, { scheduler }) => sum + scheduler.timers, 0),
      unclosed: this.#opened - this.#closed,
    }
    if (Object.values(left).some(Boolean)) throw new Error(`Left behind: ${JSON.stringify(left)}.`)
  }

  #everyoneReads(): void {
    for (const { scheduler } of this.#processes) {
      scheduler.turn()
      scheduler.advance(10)
    }
    for (const { client } of this.#clients) client.take(Infinity)
  }

  #note(what: string): void {
    this.log.push(what)
  }
}

/** Lets promises that are settled be heard. */
async function settle(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i++) await Promise.resolve()
}
