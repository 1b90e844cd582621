// The engine's golden vectors in Chromium; `cargo xtask test --only parity` builds the module and runs this. No server.
import { defineConfig } from '@playwright/test';
import { chromium } from './fixtures/browser.ts';

export default defineConfig({
  testDir: 'parity',
  outputDir: process.env.PLAYWRIGHT_TEST_OUTPUT ?? 'test-results',
  forbidOnly: true,
  reporter: [['list'], ['json']],
  use: { browserName: 'chromium', launchOptions: chromium() },
});
