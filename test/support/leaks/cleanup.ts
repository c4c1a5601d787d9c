/** What is to be done at the end of a test, the last first. Node 20 has no `AsyncDisposableStack`. */
export class Cleanup implements AsyncDisposable {
  readonly #tasks: (() => unknown)[] = []

  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(() => resource[Symbol.asyncDispose]())
    return resource
  }

  defer(task: () => unknown): void {
    this.#tasks.push(task)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let task = this.#tasks.pop(); task; task = this.#tasks.pop()) await task()
  }
}
