/** Milliseconds between looks for what other processes have written. A `stop` is heard of in at most that. */
const LOOK = 50

interface Watcher {
  readonly token: string
  readonly what: 'records' | 'end'
  readonly wake: () => void
  /** What it was last woken for. */
  seen: string
}

/** What a watcher can see of a run. */
export interface Sight {
  readonly token: string
  readonly state: string
  readonly count: number
}

/** Where it looks. Both may throw, which puts the look off. */
export interface Lookout {
  /** Changes with whatever is written to the file, by any process. */
  version(): string
  find(key: string): Sight | undefined
}

/**
 * Those who wait for a change of a run. One timer for all, while there are any; it does not keep the process up.
 * While nothing is written to the file, a look costs one query, whatever the number of watchers.
 */
export class RunsWatch {
  readonly #lookout: Lookout
  readonly #byKey = new Map<string, Set<Watcher>>()
  #timer: ReturnType<typeof setInterval> | undefined
  #version = ''

  constructor(lookout: Lookout) {
    this.#lookout = lookout
  }

  add(key: string, token: string, what: 'records' | 'end', wake: () => void): () => void {
    const watcher: Watcher = { token, what, wake, seen: '' }
    const ofKey = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, ofKey.add(watcher))
    // What has changed before this call is told with the first look.
    this.#version = ''
    if (!this.#timer) {
      this.#timer = setInterval(() => this.#look(), LOOK)
      ;(this.#timer as { unref?(): void }).unref?.()
    }
    return () => {
      ofKey.delete(watcher)
      if (ofKey.size === 0 && this.#byKey.get(key) === ofKey) this.#byKey.delete(key)
      if (this.#byKey.size === 0) this.stop()
    }
  }

  /** To be called after each change by this process, which need not wait for a look. */
  tell(key: string, sight: Sight | undefined): void {
    for (const watcher of this.#byKey.get(key) ?? []) {
      const { token, what, wake } = watcher
      const hasEnded = sight?.token !== token || sight.state !== 'running'
      const seen = hasEnded ? 'ended' : what === 'records' ? String(sight.count) : '0'
      if (seen === watcher.seen) continue
      // A watcher of the end need not hear that its run goes on.
      const isNews = hasEnded || what === 'records'
      watcher.seen = seen
      if (isNews) wake()
    }
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    try {
      const version = this.#lookout.version()
      if (version === this.#version) return
      for (const key of this.#byKey.keys()) this.tell(key, this.#lookout.find(key))
      this.#version = version
    } catch {
      // A file that is locked for now says nothing. The next look tells.
    }
  }
}
