// Journeys in four settings: a wide screen, a phone, dark colours, and no JavaScript at all.
// `cargo xtask e2e` builds the server and passes where it, the site and the browser are.
import { defineConfig, devices } from '@playwright/test';
import { chromium } from './fixtures/browser.ts';

export default defineConfig({
  testDir: 'journeys',
  outputDir: process.env.PLAYWRIGHT_TEST_OUTPUT ?? 'test-results',
  globalSetup: './fixtures/server.ts',
  forbidOnly: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json']],
  use: {
    ...devices['Desktop Chrome'],
    launchOptions: chromium(),
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', testIgnore: /\.plain\.spec\.ts$/, use: { viewport: { width: 1280, height: 800 } } },
    { name: 'phone', testMatch: /(pages|sign-in)\.spec\.ts$/, use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
    { name: 'dark', testMatch: /(pages|sign-in)\.spec\.ts$/, use: { colorScheme: 'dark' } },
    { name: 'no-javascript', testMatch: /\.plain\.spec\.ts$/, use: { javaScriptEnabled: false } },
  ],
});
