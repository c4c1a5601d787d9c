import { createParser } from '../../../src/parser/create-parser.js'
import type { ServerSentEvent } from '../../../src/wire/types.js'
import type { SimProcess } from './sim-process.js'

/** What a message of a simulated run says. */
export interface Word {
  readonly run: string
  readonly n: number
}

/**
 * A reader of one key, as a page with an EventSource is: it comes back after each end with the id it has, to any process,
 * until it gets a 204 or there is no run. It throws at the first thing that it should not have been given.
 */
export class SimReader {
  /** Since the last reset, reload or start. */
  words: Word[] = []
  lastEventId = ''
  /** What it was told of the end. */
  told: string | undefined
  result: 'ended' | 'none' | undefined
  resets = 0
  /** The event that told the end has an id, so that nothing may come after it. */
  #hasPlace = false
  #lastWordId = ''
  #leave: (() => void) | undefined
  #isComing = false

  constructor(
    readonly key: string,
    readonly name: string,
  ) {}

  get isConnected(): boolean {
    return this.#leave !== undefined || this.#isComing
  }

  /** The page is opened again: nothing is known. */
  reload(): void {
    this.leave()
    this.words = []
    this.lastEventId = this.#lastWordId = ''
    this.told = undefined
    this.result = undefined
  }

  leave(): void {
    this.#leave?.()
    this.#leave = undefined
    this.#isComing = false
  }

  /** Comes to a process. Resolves when the connection is over. */
  async come(process: SimProcess): Promise<void> {
    this.#isComing = true
    const leaving = new AbortController()
    const gone = new Promise<undefined>((resolve) => {
      this.#leave = () => {
        leaving.abort()
        resolve(undefined)
      }
    })
    const leave = this.#leave
    const request = new Request('http://localhost/', {
      signal: leaving.signal,
      headers: this.lastEventId ? { 'last-event-id': this.lastEventId } : {},
    })
    const response = await Promise.race([process.runs.fetch(request, this.key), gone])
    if (!response) return
    if (response.status === 204 || response.status === 404) {
      this.result = response.status === 204 ? 'ended' : 'none'
    } else if (response.status === 200) {
      await this.#read(response.body!, gone)
    } else if (response.status !== 503) throw new Error(`${this.name} was answered with ${response.status}`)
    if (this.#leave === leave) this.leave()
  }

  async #read(body: ReadableStream<Uint8Array>, gone: Promise<undefined>): Promise<void> {
    const parser = createParser({
      lastEventId: this.lastEventId,
      onId: (id) => (this.lastEventId = id),
      onEvent: (event) => this.#take(event),
    })
    const reader = body.getReader()
    for (;;) {
      const read = await Promise.race([reader.read(), gone])
      if (!read) return void reader.cancel().catch(() => {})
      if (read.done) return parser.end()
      parser.feed(read.value)
    }
  }

  #take({ event, data, id }: ServerSentEvent): void {
    if (event === 'reset') {
      this.resets++
      this.words = []
      this.told = undefined
      return
    }
    if (event === 'run') {
      this.told = (JSON.parse(data) as { state: string }).state
      this.#hasPlace = id !== this.#lastWordId
      return
    }
    const word = JSON.parse(data) as Word
    const last = this.words.at(-1)
    const isNext = word.n === (last?.n ?? 0) + 1 && (last === undefined || last.run === word.run)
    if (!isNext) throw new Error(`${this.name} was given ${data} after ${JSON.stringify(last)}`)
    if (this.told !== undefined && this.#hasPlace) throw new Error(`${this.name} was given ${data} after the end`)
    // What it was told without a place is told again.
    this.told = undefined
    this.#lastWordId = id
    this.words.push(word)
  }
}
