import type { ServerSentEvent } from '../../../wire/types.js'
import type { ScriptedRequest, ScriptedServer, Script } from '../../server/types.js'
import { expectSame, expectThat } from '../suite.js'

/** What the suite listens with. */
export interface ClientListener {
  /** All event types the server may send, for clients that want a listener for each. */
  readonly types: readonly string[]
  /** Hand over every event: its type, data and the last event ID. */
  onEvent(event: ServerSentEvent): void
  /** Call it once the client is done for good and makes no request any more, for whatever reason. */
  onClose(): void
}

/** A client at work. */
export interface ClientUnderTest {
  /** Ends the connection. Nothing may be reported after it. */
  close(): unknown
}

/** Connects a client to `url`. It is closed by the suite. */
export type ClientAdapter = (url: string, listener: ClientListener) => ClientUnderTest | PromiseLike<ClientUnderTest>

export interface ClientContext {
  readonly connect: ClientAdapter
  readonly createServer: (script: Script) => Promise<ScriptedServer>
  readonly types: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
}

/** `[data, event, id]` */
export type Seen = [data: string, event: string, id: string]

/** One client against one scripted server, with bounded waits. */
export class Trial {
  readonly events: Seen[] = []
  private readonly _server: ScriptedServer
  private readonly _timeout: number
  private _client: ClientUnderTest | undefined
  private _closed = false
  private _onEvent: (() => void) | undefined

  private constructor(server: ScriptedServer, timeout: number) {
    this._server = server
    this._timeout = timeout
  }

  static async run(context: ClientContext, script: Script, check: (trial: Trial) => Promise<void>): Promise<void> {
    const server = await context.createServer(script)
    const trial = new Trial(server, context.timeout)
    try {
      trial._client = await context.connect(server.url, {
        types: context.types,
        onEvent: ({ data, event, id }) => {
          trial.events.push([data, event, id])
          trial._onEvent?.()
        },
        onClose: () => (trial._closed = true),
      })
      await check(trial)
    } finally {
      await trial.close()
      await server.close()
    }
  }

  get data(): string[] {
    return this.events.map(([data]) => data)
  }

  get requests(): readonly ScriptedRequest[] {
    return this._server.requests
  }

  /** Called inside the handler of every event from now on. */
  atEvent(listener: () => void): void {
    this._onEvent = listener
  }

  async close(): Promise<void> {
    await this._client?.close()
  }

  /** Waits until the client has been handed `data`, one item for each event, and nothing else. */
  async receives(data: readonly string[]): Promise<void> {
    await this.until(
      () => this.events.length >= data.length || this._closed,
      () => `the data ${JSON.stringify(data)}; it got ${JSON.stringify(this.data)}`,
    )
    expectSame('data of the events', this.data, data)
  }

  /** Waits for the request of that number, from 1. */
  async request(number: number): Promise<ScriptedRequest> {
    const missing = (): string => `request ${number}; the client made ${this.requests.length}`
    await this.until(() => this.requests.length >= number || this._closed, missing)
    expectThat(this.requests.length >= number, `expected ${missing()} and is done`)
    return this.requests[number - 1]!
  }

  /** Waits until the client is done, after `count` requests in all. */
  async gaveUp(count: number): Promise<void> {
    await this.until(
      () => this._closed || this.requests.length > count,
      () => `the client to give up; after ${this.requests.length} requests it has not said so`,
    )
    expectSame('requests made', this.requests.length, count)
  }

  /** Waits a while for what should not come: one more request. */
  async makesNoRequest(duration: number): Promise<void> {
    const before = this.requests.length
    await this._poll(() => this.requests.length > before, duration)
    expectSame(`requests within ${duration} ms`, this.requests.length - before, 0)
  }

  async until(holds: () => boolean, describe: () => string): Promise<void> {
    if (!(await this._poll(holds, this._timeout))) {
      expectThat(false, `expected ${describe()} (waited ${this._timeout} ms)`)
    }
  }

  private async _poll(holds: () => boolean, duration: number): Promise<boolean> {
    const deadline = performance.now() + duration
    while (!holds()) {
      if (performance.now() > deadline) return false
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    return true
  }
}
