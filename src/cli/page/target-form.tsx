import type { Session } from './session.js'

/** Another address to inspect, through the command's proxy. */
export function TargetForm({ session }: { session: Session }) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string): string => String(fields.get(name) ?? '')
    const lines = text('headers')
      .split('\n')
      .filter((line) => line.trim() !== '')
    const wrong = lines.find((line) => !line.includes(':'))
    if (wrong !== undefined) {
      session.problem = `A header needs a colon: ${JSON.stringify(wrong)}`
      return
    }
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    )
    const body = text('body')
    void session.aim({ url: text('url'), method: text('method'), headers, ...(body !== '' && { body }) })
  }
  return (
    <details class="card target">
      <summary>Inspect another address</summary>
      <form onSubmit={submit}>
        <label>
          Address <input name="url" type="url" required placeholder="https://example.com/events" />
        </label>
        <label>
          Method{' '}
          <select name="method">
            <option>GET</option>
            <option>POST</option>
          </select>
        </label>
        <label>
          Headers, one on each line <textarea name="headers" rows={2} placeholder="authorization: Bearer abc" />
        </label>
        <label>
          Body <textarea name="body" rows={2} />
        </label>
        <button type="submit">Inspect</button>
      </form>
    </details>
  )
}
