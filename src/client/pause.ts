/** When a connection rests: while the page is hidden, while the browser is offline. */
export type PauseReason = 'hidden' | 'offline'

interface Page extends EventTarget {
  visibilityState?: string
}

export interface PauseWatch {
  active(): boolean
  stop(): void
}

/** Watches for reasons to rest. On hosts without pages there are none. */
export function watchPauses(reasons: readonly PauseReason[], onChange: () => void): PauseWatch {
  const host = globalThis as { document?: Page; navigator?: { onLine?: boolean } } & Partial<EventTarget>
  const page = reasons.includes('hidden') ? host.document : undefined
  const network = reasons.includes('offline') ? host : undefined
  const listen = (method: 'addEventListener' | 'removeEventListener'): void => {
    page?.[method]('visibilitychange', onChange)
    network?.[method]?.('online', onChange)
    network?.[method]?.('offline', onChange)
  }
  listen('addEventListener')
  return {
    active: () => page?.visibilityState === 'hidden' || network?.navigator?.onLine === false,
    stop: () => listen('removeEventListener'),
  }
}
