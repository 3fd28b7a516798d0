import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['*.spec.ts'],
    // Each story as it ends: a long run says where it is.
    reporters: ['verbose'],
    globalSetup: './houses.ts',
    // Two cores, one browser: stories wait for events, and a slow machine only makes them slow.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    sequence: { concurrent: false },
  },
})
