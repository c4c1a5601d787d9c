import { DIFFERENCES, type DifferenceId, type SubjectName } from './differences.js'
import { host, type Subject } from './host.js'
import { createStage, type Answer, type Stage, type StageOptions } from './stage.js'
import { SpecFailure, within } from './within.js'

export { equal, isTrue, sorted, thrownBy, within } from './within.js'

export type Source = globalThis.EventSource
export type SourceInit = { withCredentials?: boolean }

/** An event as a listener saw it. */
export interface Seen {
  type: string
  data?: string
  lastEventId?: string
  origin?: string
  /** Of the source, when the event was dispatched. */
  readyState: number
}

export interface Recording {
  seen: Seen[]
  /** Resolves once so many events were seen. */
  until(count: number): Promise<Seen[]>
}

/** What a test gets: the class it is about, and a server. All it opens is closed after it. */
export interface Setting {
  subject: SubjectName
  EventSource: typeof globalThis.EventSource
  /** Milliseconds for one wait: few where what is waited for should not come. */
  bound: number | undefined
  stage(answers: Answer[], options?: StageOptions): Promise<Stage>
  open(url: string, init?: SourceInit): Source
  /** Records events of these types; by default `open`, `message` and `error`. */
  record(source: Source, types?: string[]): Recording
  /** Opens and records what comes until the connection has failed for good. */
  play(url: string, types?: string[]): Promise<Seen[]>
  /** What the host reports as uncaught while `run` goes on. */
  reported(run: () => Promise<void>): Promise<unknown[]>
}

export interface SpecifyOptions {
  differs?: DifferenceId
  /** Not beside other tests, because it looks at something they share. */
  alone?: boolean
}

/**
 * One rule of the standard, tried on our class and on what the host has of its own. Where an implementation is
 * listed as differing from the standard, the test must fail: the list is never out of date.
 */
export function specify(
  rule: string,
  body: (setting: Setting) => Promise<void> | void,
  options: SpecifyOptions = {},
): void {
  for (const subject of host.subjects) {
    const difference = options.differs && DIFFERENCES[options.differs]
    const differs = difference?.[subject.name] ?? difference?.[`${subject.name} in ${host.name}` as never]
    const it = options.alone ? host.it : host.itBesideOthers
    it(`${rule} [${subject.name}${differs ? ' differs' : ''}]`, async () => {
      const { setting, close } = makeSetting(subject, differs ? 2000 : undefined)
      let failure: unknown
      try {
        await body(setting)
      } catch (error) {
        failure = error
      } finally {
        await close()
      }
      if (differs ? !failure : failure) {
        throw failure ?? new Error(`It is as the standard says: take "${options.differs}" out of the differences.`)
      }
      if (differs && !(failure instanceof SpecFailure)) throw failure
    })
  }
}

function makeSetting(
  { name, EventSource }: Subject,
  bound: number | undefined,
): { setting: Setting; close(): Promise<void> } {
  const sources: Source[] = []
  const stages: Stage[] = []
  const setting: Setting = {
    subject: name,
    EventSource,
    bound,
    reported: host.reported,
    async stage(answers, options) {
      const { base, otherBase } = await host.bases()
      const stage = await createStage(base, otherBase, answers, options)
      stages.push(stage)
      return stage
    },
    open(url, init) {
      const source = new EventSource(url, init)
      sources.push(source)
      return source
    },
    record(source, types = ['open', 'message', 'error']) {
      const seen: Seen[] = []
      let changed = (): void => {}
      for (const type of types) {
        source.addEventListener(type, (event) => {
          const { data, lastEventId, origin } = event as MessageEvent<string>
          const { readyState } = source
          seen.push(
            event instanceof MessageEvent ? { type, data, lastEventId, origin, readyState } : { type, readyState },
          )
          changed()
        })
      }
      return {
        seen,
        async until(count) {
          while (seen.length < count) {
            const next = new Promise<void>((resolve) => (changed = resolve))
            await within(`${count} events; there were ${JSON.stringify(seen)}`, next, bound)
          }
          return seen
        },
      }
    },
    async play(url, types) {
      const source = setting.open(url)
      const { seen } = setting.record(source, ['open', 'message', ...(types ?? [])])
      await within(
        `the end; there were ${JSON.stringify(seen)}`,
        new Promise<void>((resolve) => {
          source.addEventListener('error', (event) => {
            if (event instanceof MessageEvent) return
            seen.push({ type: 'error', readyState: source.readyState })
            if (source.readyState === EventSource.CLOSED) resolve()
          })
        }),
        bound,
      )
      return seen
    },
  }
  return {
    setting,
    async close() {
      for (const source of sources) source.close()
      for (const stage of stages) await stage.end()
    },
  }
}
