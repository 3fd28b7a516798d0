import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Writes a `.br` beside every text file of the build: the server sends it as it is, and compresses nothing itself. */
function brotli(): Plugin {
  let out = 'dist'
  return {
    name: 'brotli',
    apply: 'build',
    configResolved(config) {
      out = config.build.outDir
    },
    closeBundle() {
      for (const file of readdirSync(join(out, 'assets'))) {
        const path = join(out, 'assets', file)
        if (!/\.(js|css|svg|json)$/.test(file) || statSync(path).size < 1024) continue
        const packed = brotliCompressSync(readFileSync(path), {
          params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
        })
        writeFileSync(`${path}.br`, packed)
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), brotli()],
  resolve: { alias: { '@': join(import.meta.dirname, 'src') } },
  build: {
    target: 'es2023',
    // One manifest, so that the size of a route's first load can be counted from the build itself.
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': process.env.TENURE ?? 'http://127.0.0.1:8080' } },
})
