import { createMemoryStore } from '../../../src/runs/memory-store.js'
import { RunExistsError } from '../../../src/runs/run-exists-error.js'
import type { Run, RunSource } from '../../../src/runs/run.js'
import type { RunStore } from '../../../src/runs/run-store.js'
import { Random } from '../random.js'
import { SimScheduler } from '../channel/sim-scheduler.js'
import { SimProcess, type SimOptions } from './sim-process.js'
import { SimReader } from './sim-reader.js'

const STEPS = 200
/** The longest time that a reader is away. */
const RETRY = 100

/** What is known of a run from where it was started. */
interface Started {
  readonly name: string
  readonly process: SimProcess
  /** Messages that the source has given. */
  given: number
  /** The source came to its end, or threw. */
  outcome: 'done' | 'failed' | undefined
  closed: string | undefined
}

/**
 * Some processes with one store, runs that are started, stopped and killed, and readers that come, leave, reload and change
 * process, over a random schedule, the same for the same seed. `run` throws at the first thing that should not be.
 */
export class RunSimulation {
  readonly log: string[] = []
  /** What happened, to be summed up. */
  readonly counts = { words: 0, done: 0, failed: 0, stopped: 0, lost: 0, resets: 0 }
  readonly #random: Random
  readonly #clock: SimScheduler
  readonly #store: RunStore
  readonly #options: SimOptions
  readonly #keys: string[]
  readonly #failures: number
  readonly #started: Started[] = []
  readonly #all: SimProcess[] = []
  #live: SimProcess[] = []
  readonly #readers: SimReader[] = []
  #starts = 0
  #error: unknown

  constructor(seed: number) {
    const random = (this.#random = new Random(seed))
    this.#clock = new SimScheduler(random)
    this.#store = createMemoryStore(() => this.#clock.now())
    const lease = random.pick([200, 1000, 5000])
    this.#options = { lease, keep: 100_000, maxBytes: random.pick([500, 100_000]) }
    this.#failures = random.pick([0, 0, 0.01, 0.05])
    this.#keys = Array.from({ length: random.int(1, 4) }, (_, at) => `key${at}`)
    for (let count = random.int(1, 3); count > 0; count--) this.#boot()
    for (const key of this.#keys) {
      for (let name = random.int(1, 5); name > 0; name--) this.#readers.push(new SimReader(key, `${key}/${name}`))
    }
    this.log.push(JSON.stringify({ ...this.#options, failures: this.#failures }))
  }

  async run(): Promise<void> {
    const actions: [number, () => void][] = [
      [40, () => this.#pass(this.#random.int(0, 50))],
      [10, () => this.#pass(this.#random.int(0, this.#options.lease))],
      [10, () => this.#start()],
      [30, () => this.#come()],
      [6, () => this.#leave()],
      [4, () => this.#reload()],
      [2, () => this.#stop()],
      [1, () => this.#kill()],
      [1, () => this.#block()],
    ]
    for (let step = 0; step < STEPS; step++) {
      this.#random.weighted(actions)()
      await this.#settle()
    }
    await this.#comeToRest()
  }

  #note(text: string): void {
    this.log.push(`${this.#clock.now()} ${text}`)
  }

  #boot(): void {
    const process = new SimProcess(this.#clock, this.#store, this.#random, {
      ...this.#options,
      failures: this.#failures,
    })
    this.#all.push(process)
    this.#live.push(process)
  }

  #pass(ms: number): void {
    this.#clock.advance(ms)
  }

  #start(): void {
    const process = this.#random.pick(this.#live)
    const key = this.#random.pick(this.#keys)
    const started: Started = {
      name: `${key}#${++this.#starts}`,
      process,
      given: 0,
      outcome: undefined,
      closed: undefined,
    }
    process.runs.start(key, this.#source(started)).then(
      (run) => this.#follow(run, started),
      (error: unknown) => {
        if (!(error instanceof RunExistsError) && !process.errors.length && this.#failures === 0) this.#error ??= error
      },
    )
  }

  #follow(run: Run, started: Started): void {
    this.#started.push(started)
    this.#note(`${started.name} is started`)
    void run.closed.then((state) => {
      this.#note(`${started.name} is ${state} after ${started.given} (${started.outcome})`)
      started.closed = state
      this.counts[state]++
      if (!run.signal.aborted) this.#error ??= new Error(`the signal of ${started.name} was not aborted`)
      if (state === 'done' && started.outcome !== 'done') this.#error ??= new Error(`${started.name} was not done`)
    })
  }

  #source(started: Started): RunSource {
    const random = this.#random
    const { process } = started
    const total = random.int(0, 25)
    const fails = random.chance(0.1)
    const pace = random.pick([0, 10, 200])
    return async function* () {
      for (let n = 1; n <= total; n++) {
        if (random.chance(0.7)) await process.wait(random.int(0, pace))
        started.given = n
        yield { data: { run: started.name, n } }
      }
      started.outcome = fails ? 'failed' : 'done'
      if (fails) throw new Error('source')
    }
  }

  #come(): void {
    const away = this.#readers.filter(({ isConnected, result }) => !isConnected && result !== 'ended')
    if (away.length > 0) this.#send(this.#random.pick(away))
  }

  #send(reader: SimReader): void {
    const process = this.#random.pick(this.#live)
    reader.come(process).catch((error: unknown) => (this.#error ??= error))
  }

  #leave(): void {
    this.#random.pick(this.#readers).leave()
  }

  #reload(): void {
    this.#random.pick(this.#readers).reload()
  }

  #stop(): void {
    const key = this.#random.pick(this.#keys)
    this.#note(`stop ${key}`)
    this.#random
      .pick(this.#live)
      .runs.stop(key)
      .catch(() => {})
  }

  /** With all its connections. */
  #kill(): void {
    const process = this.#random.pick(this.#live)
    this.#note('a process is killed')
    process.kill()
    this.#live = this.#live.filter((other) => other !== process)
    for (const reader of this.#readers) if (this.#random.chance(1 / (this.#live.length + 1))) reader.leave()
    this.#boot()
  }

  #block(): void {
    const ms = this.#random.int(0, this.#options.lease * 2)
    this.#note(`a process is blocked for ${ms}`)
    this.#random.pick(this.#live).block(ms)
  }

  /** All that promises have to do at this moment. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      this.#clock.turn()
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (this.#error !== undefined) throw this.#error
  }

  /** Lets all runs end and all readers hear it. */
  async #comeToRest(): Promise<void> {
    // Those of dead processes hear nothing any more: their connections are cut.
    for (const reader of this.#readers) reader.leave()
    // What was asked for is under way still.
    this.#pass(1000)
    await this.#settle()
    const deadline = this.#clock.now() + 60_000
    const isOver = (): boolean => this.#readers.every(({ result }) => result !== undefined)
    for (const reader of this.#readers) reader.result = undefined
    while (!isOver()) {
      if (this.#clock.now() > deadline) throw new Error('readers still wait')
      for (const reader of this.#readers) if (!reader.isConnected && reader.result === undefined) this.#send(reader)
      this.#pass(RETRY)
      await this.#settle()
    }
    for (const reader of this.#readers) await this.#judge(reader)
    await this.#leaveNothing()
  }

  async #judge(reader: SimReader): Promise<void> {
    const { key, name, words, told } = reader
    this.counts.words += words.length
    this.counts.resets += reader.resets
    const view = await this.#store.read(key, 0)
    // Without a place it cannot be told that what it had the end of was another run.
    if (!view || reader.lastEventId === '') return
    const started = this.#started.find((each) => each.name === words[0]?.run)
    if (words.length !== view.count) throw new Error(`${name} has ${words.length} of ${view.count}`)
    if (view.state === 'running') throw new Error(`${name} was sent away from a run that goes on`)
    // A process that could not ask the store says so, and it may be that the store had all.
    const isGuess = this.#failures > 0 && (told === 'failed' || told === 'lost')
    if ((told ?? 'done') !== view.state && !isGuess)
      throw new Error(`${name} was told ${told} of a run that is ${view.state}`)
    if (view.state === 'done' && started && words.length !== started.given) {
      throw new Error(`${name} has ${words.length} of ${started.given} that were given`)
    }
  }

  async #leaveNothing(): Promise<void> {
    let closed = 0
    for (const process of this.#live) void process.runs.close().then(() => closed++)
    for (let wait = 0; wait < 10 && closed < this.#live.length; wait++) {
      this.#pass(1000)
      await this.#settle()
    }
    if (closed < this.#live.length) throw new Error('a process does not close')
    this.#pass(this.#options.keep + this.#options.lease)
    await this.#settle()
    for (const key of this.#keys) {
      if (await this.#store.read(key, 0)) throw new Error(`${key} is still held`)
    }
    for (const { timers, watchers, isDead } of this.#all) {
      if (!isDead && (timers.size > 0 || watchers > 0))
        throw new Error(`${timers.size} timers, ${watchers} watchers stay`)
    }
    for (const { name, process, closed: state } of this.#started) {
      if (!process.isDead && state === undefined) throw new Error(`${name} never closed`)
    }
    await this.#store.close()
  }
}
