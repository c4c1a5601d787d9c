/**
 * Calls `listener` once at Ctrl-C, SIGTERM or SIGHUP. The second Ctrl-C ends the process at once, as it does
 * everywhere. Returns a function that stops listening.
 */
export function onInterrupt(listener: () => void): () => void {
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, heard)
  }
  const heard = (): void => {
    stop()
    listener()
  }
  for (const signal of SIGNALS) process.on(signal, heard)
  return stop
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
