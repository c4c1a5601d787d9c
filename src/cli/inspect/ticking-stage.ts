import { createServer, type Server } from 'node:http'
import { EventLog } from '../serve/event-log.js'
import { closeServer, listen } from '../serve/listen.js'
import { createLogHandler } from '../serve/log-handler.js'
import type { Stage } from './stage.js'

const TICKS_KEPT = 20_000
const DOWN_MS = 1500
/** Long enough for something to be published that is then gone. */
const TRIMMED_MS = 2500
/** Timers are this fine: faster ticks come several at a time. */
const FINEST_MS = 10
const MOST_PER_SECOND = 1000

/** A server of numbered ticks for the page to play with. Its history survives its restarts. */
export class TickingStage implements Stage {
  readonly name = 'a server of numbered ticks'
  private readonly _log = new EventLog({ limit: TICKS_KEPT })
  private readonly _handler = createLogHandler(this._log, { retry: 1000, heartbeat: 1000, interval: 0, live: true })
  private _server: Server | undefined
  private _port = 0
  private _timer: ReturnType<typeof setInterval> | undefined
  private _down: ReturnType<typeof setTimeout> | undefined
  private _rate: number

  private constructor(rate: number) {
    this._rate = rate
  }

  static async start(rate = 10): Promise<TickingStage> {
    const stage = new TickingStage(rate)
    await stage._listen()
    stage.setRate(rate)
    return stage
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this._port}/ticks`)
  }

  get rate(): number {
    return this._rate
  }

  /** Ticks a second. */
  setRate(rate: number): void {
    this._rate = Math.max(1, Math.min(MOST_PER_SECOND, Math.round(rate)))
    clearInterval(this._timer)
    const started = performance.now()
    let sent = 0
    const tick = (): void => {
      for (const due = ((performance.now() - started) * this._rate) / 1000; sent < due; sent++) {
        this._log.append({ event: 'tick', data: JSON.stringify({ number: this._log.last + 1, at: Date.now() }) })
      }
    }
    this._timer = setInterval(tick, Math.max(FINEST_MS, 1000 / this._rate))
  }

  /** Away for a moment; readers find their place again. */
  restart(): Promise<void> {
    return this._goDown(DOWN_MS)
  }

  /** Forgets what readers have missed while it was away, so that they have to be told. */
  trim(): Promise<void> {
    return this._goDown(TRIMMED_MS, () => this._log.trim(1))
  }

  async close(): Promise<void> {
    clearInterval(this._timer)
    clearTimeout(this._down)
    if (this._server) await closeServer(this._server)
  }

  private async _goDown(ms: number, before?: () => void): Promise<void> {
    if (this._down || !this._server) return
    this._down = setTimeout(() => {
      this._down = undefined
      before?.()
      void this._listen()
    }, ms)
    await closeServer(this._server)
  }

  private async _listen(): Promise<void> {
    this._server = createServer(this._handler)
    const url = await listen(this._server, this._port, '127.0.0.1')
    this._port = Number(new URL(url).port)
  }
}
