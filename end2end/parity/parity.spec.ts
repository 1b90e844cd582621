// The WASM as a browser runs it gives the golden bits.
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };

test('golden vectors in Chromium', async ({ page }) => {
  const folder = process.env.AISLE_PARITY;
  if (!folder) throw new Error('AISLE_PARITY is not set: run `cargo xtask test --only parity`');
  await page.route('http://parity.invalid/**', async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    const body = name === 'index.html' ? '<!doctype html><title>Parity</title>' : await readFile(join(folder, name));
    await route.fulfill({ body, contentType: TYPES[name.split('.').pop() ?? ''] ?? 'text/plain' });
  });
  await page.goto('http://parity.invalid/');
  const scored = await page.evaluate(async () => {
    const module = await import('/golden.js' as string);
    await module.default();
    return module.golden() as string;
  });
  const golden = await readFile(join(folder, 'scores.txt'), 'utf8');
  expect(golden.length).toBeGreaterThan(1000);
  expect(scored).toBe(golden);
});
