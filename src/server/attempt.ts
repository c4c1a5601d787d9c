/** Calls what is the user's. What it throws, or rejects with later, goes to `onError`. */
export async function attempt(action: () => unknown, onError: (error: unknown) => void): Promise<void> {
  try {
    await action()
  } catch (error) {
    onError(error)
  }
}
