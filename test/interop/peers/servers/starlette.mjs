import { served } from '../../lib/server-scene.mjs'

export default {
  name: 'Starlette on uvicorn',
  kind: 'server',
  order: 70,
  programs: ['/usr/bin/python3'],
  debian: [
    { name: 'python3-starlette', test: ['/usr/bin/python3', '-c', 'import starlette'] },
    { name: 'python3-uvicorn', test: ['/usr/bin/python3', '-c', 'import uvicorn'] },
  ],
  ci: true,
  serve: served('/usr/bin/python3', ['programs/starlette_server.py']),
}
