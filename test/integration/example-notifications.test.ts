import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { freePort } from '../../scripts/lib/free-port.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('the notifications server: login, own notes, presence, kick, shutdown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notifications-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'node_modules'))
  await symlink(root, join(folder, 'node_modules/eventwire'))
  await copyFile(join(root, 'examples/notifications/server.js'), join(folder, 'server.mjs'))
  const port = await freePort()
  const example = spawn(process.execPath, ['server.mjs'], { cwd: folder, env: { ...process.env, PORT: `${port}` } })
  onTestFinished(() => void example.kill('SIGKILL'))
  let complaints = ''
  example.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))

  const base = `http://127.0.0.1:${port}`
  const ask = (path: string): Promise<Response> => fetch(base + path)
  await expect
    .poll(
      () =>
        ask('/').then(
          (answer) => answer.status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200)

  const login = async (user: string): Promise<string> =>
    (await ask(`/login?user=${user}`)).headers.get('set-cookie')!.split(';')[0]!
  const read = (cookie: string) => connect(`${base}/events`, { headers: { cookie }, backoff: { min: 20 } })
  const until = async (reader: ReturnType<typeof read>, type: string, text: string): Promise<void> => {
    for (;;) {
      const { value, done } = await reader.next()
      if (done) throw new Error(`the stream ended before ${type} ${text}`)
      if ((value.event as string) === type && value.data === text) return
    }
  }

  const cookieOfAnn = await login('ann')
  const ann = read(cookieOfAnn)
  await until(ann, 'presence', '["ann"]')
  const ben = read(await login('ben'))
  await until(ann, 'presence', '["ann","ben"]')

  await ask('/notify?user=ben&text=for%20ben')
  await ask('/notify?user=ann&text=for%20ann')
  await until(ben, 'note', 'for ben')
  // The note before this one was for somebody else.
  for (;;) {
    const { value } = await ann.next()
    if (value?.event === ('note' as string)) {
      expect(value.data).toBe('for ann')
      break
    }
  }

  await ask('/kick?user=ann')
  await expect(until(ann, 'note', 'never')).rejects.toMatchObject({ code: 'ERR_CONNECT_HTTP', status: 403 })
  await until(ben, 'presence', '["ben"]')
  expect(await (await ask('/')).json()).toEqual(['ben'])
  await expect(read('session=forged').opened).rejects.toMatchObject({ status: 403 })

  const exited = once(example, 'exit')
  example.kill('SIGTERM')
  expect((await exited)[0]).toBe(0)
  await ben.close()
  expect(complaints).toBe('')
})
