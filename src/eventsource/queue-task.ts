/** Tasks that wait for their message, oldest first. */
const tasks: (() => void)[] = []
let channel: MessageChannel | undefined

/**
 * Runs `task` in a task of its own (WHATWG HTML 8.1.7.2), after those queued before it. Between two of them all
 * promise jobs run: code that awaits one event and then listens for the next one misses none.
 */
export function queueTask(task: () => void): void {
  // Node, Bun and Deno have the first. In a page a timer would do, but it is held back to 4 ms, or to a second in the
  // background; messages are not.
  const host = globalThis as { setImmediate?: (task: () => void) => void; MessageChannel?: typeof MessageChannel }
  if (host.setImmediate) return host.setImmediate(task)
  if (!host.MessageChannel) return void setTimeout(task)
  if (!channel) {
    channel = new host.MessageChannel()
    channel.port1.addEventListener('message', () => tasks.shift()!())
    channel.port1.start()
  }
  tasks.push(task)
  channel.port2.postMessage(0)
}
