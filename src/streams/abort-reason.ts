/** Why `signal` was aborted. Signals of older hosts do not say; theirs is the reason that the platform gives (DOM 3.1). */
export function abortReason({ reason }: { reason?: unknown }): unknown {
  if (reason !== undefined) return reason
  return Object.assign(new Error('This operation was aborted'), { name: 'AbortError' })
}
