type Task = () => void

/** Oldest first. Those before `next` have run. */
const tasks: Task[] = []
let next = 0
let channel: MessageChannel | undefined

/**
 * Runs `task` in a task of the event loop, after those queued before it (WHATWG HTML 8.1.7.2). Between two of them
 * all promise jobs run: code that awaits one event and then listens for the next one misses none.
 */
export function queueTask(task: Task): void {
  tasks.push(task)
  const host = globalThis as { setImmediate?: (task: Task) => void; MessageChannel?: typeof MessageChannel }
  // Node, Bun and Deno have the first. In a page a timer would do, but timers are held back: to 4 ms, in the
  // background to a second. Messages are not.
  if (host.setImmediate) {
    host.setImmediate(runOne)
  } else if (host.MessageChannel) {
    if (!channel) {
      channel = new host.MessageChannel()
      channel.port1.addEventListener('message', runOne)
      channel.port1.start()
    }
    channel.port2.postMessage(0)
  } else {
    setTimeout(runOne)
  }
}

function runOne(): void {
  const task = tasks[next++]!
  if (next === tasks.length) tasks.length = next = 0
  task()
}
