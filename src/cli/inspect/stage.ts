import { createServer, type Server } from 'node:http'
import { EventLog } from '../serve/event-log.js'
import { closeServer, listen } from '../serve/listen.js'
import { createLogHandler } from '../serve/log-handler.js'

const TICKS_KEPT = 20_000
const DOWN_MS = 1500
/** Long enough for something to be published that is then gone. */
const TRIMMED_MS = 2500
/** Timers are this fine: faster ticks come several at a time. */
const FINEST_MS = 10
export const MOST_PER_SECOND = 1000

/** A server of numbered ticks for the page to play with. Its history survives its restarts. */
export class Stage {
  readonly #log = new EventLog({ limit: TICKS_KEPT })
  readonly #handler = createLogHandler(this.#log, { retry: 1000, heartbeat: 1000, interval: 0, live: true })
  #server: Server | undefined
  #port = 0
  #timer: ReturnType<typeof setInterval> | undefined
  #down: ReturnType<typeof setTimeout> | undefined
  #rate: number

  private constructor(rate: number) {
    this.#rate = rate
  }

  static async start(rate = 10): Promise<Stage> {
    const stage = new Stage(rate)
    await stage.#listen()
    stage.setRate(rate)
    return stage
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.#port}/ticks`)
  }

  get rate(): number {
    return this.#rate
  }

  /** Ticks a second. */
  setRate(rate: number): void {
    this.#rate = Math.max(1, Math.min(MOST_PER_SECOND, Math.round(rate)))
    clearInterval(this.#timer)
    const started = performance.now()
    let sent = 0
    const tick = (): void => {
      for (const due = ((performance.now() - started) * this.#rate) / 1000; sent < due; sent++) {
        this.#log.append({ event: 'tick', data: JSON.stringify({ number: this.#log.last + 1, at: Date.now() }) })
      }
    }
    this.#timer = setInterval(tick, Math.max(FINEST_MS, 1000 / this.#rate))
  }

  /** Away for a moment; readers find their place again. */
  restart(): Promise<void> {
    return this.#goDown(DOWN_MS)
  }

  /** Forgets what readers have missed while it was away, so that they have to be told. */
  trim(): Promise<void> {
    return this.#goDown(TRIMMED_MS, () => this.#log.trim(1))
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    clearTimeout(this.#down)
    if (this.#server) await closeServer(this.#server)
  }

  async #goDown(ms: number, before?: () => void): Promise<void> {
    if (this.#down || !this.#server) return
    this.#down = setTimeout(() => {
      this.#down = undefined
      before?.()
      void this.#listen()
    }, ms)
    await closeServer(this.#server)
  }

  async #listen(): Promise<void> {
    this.#server = createServer(this.#handler)
    const url = await listen(this.#server, this.#port, '127.0.0.1')
    this.#port = Number(new URL(url).port)
  }
}
